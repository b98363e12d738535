"""Where a delivery stands, and the closed list of reasons why something was not sent."""

from enum import StrEnum

TEXT_LENGTH_MAX = 200  # of a subject, an occasion, a reason


class State(StrEnum):
    """Where a delivery stands."""

    PLANNED = "planned"  # waits for its time, or for its next try
    SENDING = "sending"  # leased: somebody sends it now
    ACCEPTED = "accepted"  # the provider has it
    UNKNOWN = "unknown"  # cut off between the call and its answer
    PREVENTED = "prevented"  # no longer right: paid, agreed, held, withdrawn, or she said no
    DROPPED = "dropped"  # its time was over
    FAILED = "failed"  # the provider will not have it; staff see it


OPEN = (State.PLANNED, State.SENDING)

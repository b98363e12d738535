"""What happened to an enrolment."""

from dataclasses import dataclass

from backend.kit.outbox import Event


@dataclass(frozen=True)
class EnrolmentChanged(Event):
    """She joined, paused or left. `status`: enrolled, paused or terminated."""

    status: str
    backfill: bool = False

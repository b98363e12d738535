"""What is sent where unless she says otherwise, and what she may say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.events.contacts import Channel, Purpose

# By machine. Whether a person may call or visit is for the contact ledger.
CHANNELS = (Channel.PUSH, Channel.SMS, Channel.EMAIL)
ALWAYS = frozenset({Purpose.SECURITY})
HERS = tuple(purpose for purpose in Purpose if purpose not in ALWAYS)

_ON: dict[Purpose, tuple[Channel, ...]] = {
    Purpose.SECURITY: CHANNELS,
    Purpose.RECEIPT: (Channel.PUSH,),
    # What was asked for and decided about her own plan: she waits for it.
    Purpose.PLAN: CHANNELS,
    # A text message only where a push was not received for a day.
    Purpose.REMINDER: (Channel.PUSH, Channel.SMS),
    Purpose.REWARD: (Channel.PUSH,),
    Purpose.COMMUNITY: (Channel.PUSH,),
    Purpose.GREETING: (Channel.PUSH,),
    # Her consent to marketing comes first: without it none of this is sent.
    Purpose.MARKETING: (Channel.PUSH,),
}
PERSONALISED_AT_FIRST = True


@dataclass(frozen=True)
class Cell:
    """One purpose on one channel, and whether she wants it."""

    purpose: Purpose
    channel: Channel
    allowed: bool
    is_default: bool = True

    @property
    def may_change(self) -> bool:
        """Whether it is hers to decide."""
        return self.purpose not in ALWAYS


def is_on_at_first(purpose: Purpose, channel: Channel) -> bool:
    """Whether it is sent while she has said nothing."""
    return channel in _ON[purpose]


def cells(said: Mapping[tuple[str, str], bool]) -> list[Cell]:
    """The whole table, with what she said in it."""
    found = []
    for purpose in Purpose:
        for channel in CHANNELS:
            own = None if purpose in ALWAYS else said.get((purpose, channel))
            found.append(
                Cell(
                    purpose,
                    channel,
                    is_on_at_first(purpose, channel) if own is None else own,
                    is_default=own is None,
                )
            )
    return found


def cells_of(*, channel: Channel | None, purpose: Purpose | None) -> list[tuple[Purpose, Channel]]:
    """What one tap switches off: a channel, a purpose, or one cell where both are named."""
    return [
        (each, by)
        for each in HERS
        for by in CHANNELS
        if purpose in (None, each) and channel in (None, by)
    ]


def channels_off(table: Iterable[Cell]) -> frozenset[Channel]:
    """Channels on which she wants nothing that is hers to decide."""
    wanted = {cell.channel for cell in table if cell.may_change and cell.allowed}
    return frozenset(channel for channel in CHANNELS if channel not in wanted)

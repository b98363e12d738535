"""What a contact is judged by: what is known of her, and what somebody is about to do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from backend.contacts.rules.ledger import OUTBOUND, EntryKind, Outcome
from backend.contacts.rules.windows import Window
from backend.events.contacts import Channel, Purpose
from backend.kit.clock import day_in_zone


class Regime(StrEnum):
    """Whose law binds a loan's contacts."""

    CN = "CN"
    US = "US"


class Errand(StrEnum):
    """Why somebody reaches her beyond what has a preference."""

    COLLECTION = "collection"
    CARE = "care"
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"
    REMEDY_NOTICE = "remedy_notice"


PURPOSES = frozenset({*(str(each) for each in Purpose), *(str(each) for each in Errand)})
ZONES_MAX = 10
# A hold that says nothing of its cause, and lasts no longer than this.
PROTECTIVE = "care"
PROTECTIVE_DAYS_MAX = 14
# What asks her for money, or reminds her of it.
COLLECTION_LIKE = frozenset({str(Purpose.REMINDER), str(Errand.COLLECTION)})


@dataclass(frozen=True)
class Entry:
    """One line of the ledger as the law reads it. `debt` and `contact` are labels.

    Entries of one `occasion` are one message, on however many devices.
    """

    at: datetime
    channel: Channel
    kind: EntryKind
    debt: str | None = None
    contact: str | None = None
    outcome: Outcome | None = None
    purpose: str | None = None
    occasion: str | None = None
    reference: str | None = None

    @property
    def is_outbound(self) -> bool:
        """Somebody tried to reach her, or did."""
        return self.kind in OUTBOUND or self.kind is EntryKind.NOTICE


@dataclass(frozen=True)
class Hold:
    """She is left in peace up to and including a day."""

    cause: str
    until_on: date


@dataclass(frozen=True)
class Known:
    """What is known of her when a contact is judged.

    More than one zone: she may be in any of them, and each must allow. More than one regime:
    all bind.
    """

    regimes: frozenset[Regime]
    zones: tuple[str, ...]
    agreed: tuple[Window, ...] = ()
    inconvenient: tuple[Window, ...] = ()
    entries: tuple[Entry, ...] = ()
    holds: tuple[Hold, ...] = ()

    def up_to(self, at: datetime) -> "Known":
        """What was in the ledger by then."""
        return replace(self, entries=tuple(each for each in self.entries if each.at <= at))

    def all_by(self, at: datetime) -> "Known":
        """Everything in the ledger, as if by then: who waited for a lock has an older clock."""
        in_order = sorted(self.entries, key=lambda each: each.at)
        return replace(self, entries=tuple(replace(each, at=min(each.at, at)) for each in in_order))

    def without(self, reference: str) -> "Known":
        """All but one entry: what is judged again is not in its own way."""
        left = tuple(each for each in self.entries if each.reference != reference)
        return replace(self, entries=left)

    def days_of(self, at: datetime) -> Iterator[tuple[str, date]]:
        """Each zone, with the day that it is there."""
        for zone in self.zones:
            yield zone, day_in_zone(at, zone)

    def within_days(self, at: datetime, days: int) -> Iterator[list[Entry]]:
        """In each zone, what fell into so many days, today being the last."""
        for zone, today in self.days_of(at):
            first = today - timedelta(days=days - 1)
            yield [each for each in self.entries if first <= day_in_zone(each.at, zone) <= today]


@dataclass(frozen=True)
class ThirdParty:
    """Somebody else is asked where she is."""

    is_debtor_unreachable: bool
    discloses_debt: bool
    refused_before: bool


@dataclass(frozen=True)
class Approach:
    """What somebody is about to do."""

    channel: Channel
    purpose: str
    debt: str | None = None
    contact: str | None = None
    occasion: str | None = None
    third_party: ThirdParty | None = None

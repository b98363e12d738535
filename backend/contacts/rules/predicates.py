"""When a rule of contact bites: a few figures each. The rules that use them are data."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from backend.contacts.rules.cases import COLLECTION_LIKE, Approach, Entry, Errand, Known
from backend.contacts.rules.ledger import OUTBOUND, REACHED_NOBODY, EntryKind
from backend.contacts.rules.windows import DAY, Window
from backend.events.contacts import Channel


class Predicate(Protocol):
    """Whether a rule bites at an instant, and whether waiting may help."""

    @property
    def is_lasting(self) -> bool:
        """Whether time alone does not change it."""

    def as_data(self) -> dict[str, Any]:
        """Its kind and its figures."""

    def bites(self, known: Known, approach: Approach, at: datetime) -> bool:
        """Whether such a contact meets it then."""


@dataclass(frozen=True)
class Told:
    """What can be shown as the data it is."""

    def as_data(self) -> dict[str, Any]:
        """Its kind and its figures."""
        return {"kind": type(self).__name__} | {
            each.name: _shown(getattr(self, each.name)) for each in fields(self)
        }


def _shown(value: Any) -> Any:
    if isinstance(value, Window):
        return list(value.as_words)
    return sorted(value) if isinstance(value, frozenset) else value


@dataclass(frozen=True)
class Passing(Told):
    """What time alone may change."""

    @property
    def is_lasting(self) -> bool:
        """Not so."""
        return False


@dataclass(frozen=True)
class Lasting(Told):
    """What time alone does not change."""

    @property
    def is_lasting(self) -> bool:
        """So it is."""
        return True


@dataclass(frozen=True)
class InWindow(Passing):
    """A time of her day, in `any` of the zones she may be in, or in `all` of them.

    `one_of_many`: she may be in several, and in one of them it is that time.
    """

    window: Window
    zones: str = "any"
    lifted_by_agreement: bool = False

    def bites(self, known: Known, approach: Approach, at: datetime) -> bool:
        """Whether her clock, or the clocks she may have, stand there."""
        del approach
        agreed = known.agreed if self.lifted_by_agreement else ()
        inside = [self._is_in(at, zone, agreed) for zone in known.zones]
        if self.zones == "all":
            return all(inside)
        return any(inside) and (self.zones != "one_of_many" or len(inside) > 1)

    def _is_in(self, at: datetime, zone: str, agreed: Collection[Window]) -> bool:
        local = at.astimezone(ZoneInfo(zone))
        return self.window.holds(local) and not any(each.holds(local) for each in agreed)


@dataclass(frozen=True)
class Inconvenient(Passing):
    """A time of day that she called inconvenient."""

    def bites(self, known: Known, approach: Approach, at: datetime) -> bool:
        """Whether one of her windows is open, wherever she may be."""
        del approach
        return any(
            window.holds(at.astimezone(ZoneInfo(zone)))
            for zone in known.zones
            for window in known.inconvenient
        )


@dataclass(frozen=True)
class CallsInDays(Passing):
    """So many calls of some kinds within so many days of hers; today is the last of them."""

    kinds: frozenset[EntryKind]
    count: int
    days: int
    per_debt: bool = False
    per_contact: bool = False
    without_undelivered: bool = False

    def bites(self, known: Known, approach: Approach, at: datetime) -> bool:
        """Whether they have been made."""
        return any(
            sum(1 for each in found if self._is_counted(each, approach)) >= self.count
            for found in known.within_days(at, self.days)
        )

    def _is_counted(self, entry: Entry, approach: Approach) -> bool:
        if entry.channel is not Channel.CALL or entry.kind not in self.kinds:
            return False
        if self.without_undelivered and entry.outcome is REACHED_NOBODY:
            return False
        if self.per_debt and not _may_be_same(entry.debt, approach.debt):
            return False
        return not self.per_contact or _may_be_same(entry.contact, approach.contact)


def _may_be_same(one: str | None, other: str | None) -> bool:
    # What nobody named may be any of them.
    return one is None or other is None or one == other


@dataclass(frozen=True)
class SwitchedOff(Lasting):
    """She said not to use this channel; one confirmation of that may still go out by it.

    `and_all`: or she said not to be reached at all.
    """

    and_all: bool = False

    def bites(self, known: Known, approach: Approach, at: datetime) -> bool:
        """Whether her last word about the channel is no."""
        del at
        since = off_since(known.entries, approach.channel, and_all=self.and_all)
        if since is None:
            return False
        if approach.purpose != Errand.OPT_OUT_CONFIRMATION:
            return True
        return any(
            each.channel is approach.channel and each.is_outbound and each.at > since
            for each in known.entries
        )


def off_since(
    entries: Collection[Entry], channel: Channel, *, and_all: bool = False
) -> datetime | None:
    """Since when her word stands that a channel is off; None when it is on."""
    since: datetime | None = None
    for entry in sorted(entries, key=lambda each: each.at):
        is_off = entry.kind is EntryKind.OPT_OUT and entry.channel is channel
        if is_off or (and_all and entry.kind is EntryKind.CEASE):
            since = since or entry.at
        elif entry.kind is EntryKind.OPT_IN and entry.channel is channel:
            since = None
    return since


@dataclass(frozen=True)
class Ceased(Lasting):
    """She said not to be reached at all, and has not opened this channel again."""

    def bites(self, known: Known, approach: Approach, at: datetime) -> bool:
        """Whether that word stands."""
        del at
        since: datetime | None = None
        for entry in sorted(known.entries, key=lambda each: each.at):
            if entry.kind is EntryKind.CEASE:
                since = entry.at
            elif entry.kind is EntryKind.OPT_IN and entry.channel is approach.channel:
                since = None
        return since is not None


@dataclass(frozen=True)
class AsksAnother(Lasting):
    """Somebody else is asked although she can be reached, or is told of the debt, or said no."""

    def bites(self, known: Known, approach: Approach, at: datetime) -> bool:
        """Whether it is one of the three."""
        del known, at
        other = approach.third_party
        if other is None:
            return False
        return not other.is_debtor_unreachable or other.discloses_debt or other.refused_before


@dataclass(frozen=True)
class Budget(Passing):
    """So many messages of this kind, or contacts by people, within so many days of hers."""

    count: int
    days: int

    def bites(self, known: Known, approach: Approach, at: datetime) -> bool:
        """Whether she has had them. What is part of the same message is none more."""
        return any(
            len({_message(each, known) for each in found if _is_spent(each, approach)})
            >= self.count
            for found in known.within_days(at, self.days)
        )


def _message(entry: Entry, known: Known) -> str:
    return entry.occasion or f"entry {known.entries.index(entry)}"


def _is_spent(entry: Entry, approach: Approach) -> bool:
    if entry.kind not in OUTBOUND or entry.outcome is REACHED_NOBODY:
        return False
    if entry.occasion is not None and entry.occasion == approach.occasion:
        return False
    return entry.purpose is None or entry.purpose in COLLECTION_LIKE


@dataclass(frozen=True)
class Held(Passing):
    """A promise, a request or a dispute of hers is open, or something else leaves her in peace.

    With a `cause`: that one alone.
    """

    cause: str | None = None

    def bites(self, known: Known, approach: Approach, at: datetime) -> bool:
        """Whether a hold lasts on her day."""
        del approach
        days = [day for _, day in known.days_of(at)]
        return any(day <= until_on for day in days for until_on in self._last_days(known))

    def _last_days(self, known: Known) -> list[date]:
        return [each.until_on for each in known.holds if self.cause in (None, each.cause)]

    def holds_until(self, known: Known) -> datetime:
        """An instant before its end wherever she is: a search need not begin earlier."""
        last = max(self._last_days(known))
        return datetime(last.year, last.month, last.day, tzinfo=UTC) - DAY

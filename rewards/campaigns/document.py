"""From a document, as a marketer writes it, to terms: every fault with its JSON pointer.

What is malformed is a fault here. What is well formed and must not run is a finding of `checks`,
so a document may name triggers, effects and facts that are refused.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.kit.predicates import All, FactType, Predicate, parse
from backend.kit.problems import Invalid
from rewards.campaigns.document_effects import read_effects
from rewards.campaigns.document_reading import Reader
from rewards.campaigns.document_when import read_schedule
from rewards.campaigns.rules import (
    AWARDS_EACH_MAX,
    AWARDS_TOTAL_MAX,
    EVENT_FACTS,
    HOLDOUT_DEFAULT,
    HOLDOUT_MAX,
    NAME_LENGTH_MAX,
    NAME_PATTERN,
    POINTS_TOTAL_MAX,
    PRIORITY,
    PROMISE_LENGTH_MAX,
    REFUSED_FACTS,
    WINDOW_DAYS,
    Every,
    Measure,
    Mode,
    Trigger,
)
from rewards.campaigns.terms import Budget, CampaignTerms, Period, Stacking

MEMBERS = (
    "texts", "trigger", "audience", "conditions", "effects", "budget", "schedule", "stacking",
    "holdout", "primary_measure", "window_days",
)  # fmt: skip


def audience_facts(facts: Mapping[str, FactType]) -> dict[str, FactType]:
    """What an audience may name: the catalogue, and what a check then refuses by its name."""
    return {name: kind for name, (kind, _) in REFUSED_FACTS.items()} | dict(facts)


def condition_facts(facts: Mapping[str, FactType]) -> dict[str, FactType]:
    """The same for conditions, with the facts of the event itself."""
    return audience_facts(facts) | dict(EVENT_FACTS)


def read_terms(
    document: object,
    *,
    campaign_id: UUID,
    version: int,
    facts: Mapping[str, FactType],
    pointer: str = "#",
) -> CampaignTerms:
    """The document in checked form. Refuses: Invalid, every fault with its JSON pointer."""
    reader = Reader()
    raw = reader.members(document, pointer, MEMBERS)
    texts = reader.members(raw.get("texts"), f"{pointer}/texts", ("name", "promise"))
    terms = CampaignTerms(
        campaign_id=campaign_id,
        version=version,
        name=reader.texts(texts.get("name"), f"{pointer}/texts/name", NAME_LENGTH_MAX),
        promise=reader.texts(texts.get("promise"), f"{pointer}/texts/promise", PROMISE_LENGTH_MAX),
        trigger=_read_trigger(raw.get("trigger"), f"{pointer}/trigger", reader),
        audience=_read_predicate(
            raw.get("audience"), f"{pointer}/audience", audience_facts(facts), reader
        ),
        conditions=_read_predicate(
            raw.get("conditions"), f"{pointer}/conditions", condition_facts(facts), reader
        ),
        effects=read_effects(raw.get("effects"), f"{pointer}/effects", reader),
        budget=_read_budget(raw.get("budget"), f"{pointer}/budget", reader),
        schedule=read_schedule(raw.get("schedule"), f"{pointer}/schedule", reader),
        stacking=_read_stacking(raw.get("stacking"), f"{pointer}/stacking", reader),
        holdout=reader.decimal(
            raw.get("holdout", str(HOLDOUT_DEFAULT)),
            f"{pointer}/holdout",
            low=HOLDOUT_DEFAULT * 0,
            high=HOLDOUT_MAX,
        ),
        primary_measure=reader.one_of(
            raw.get("primary_measure"), f"{pointer}/primary_measure", Measure
        ),
        window_days=reader.whole(raw.get("window_days"), f"{pointer}/window_days", *WINDOW_DAYS),
    )
    if reader.errors:
        raise Invalid(errors=reader.errors)
    return terms


def _read_trigger(raw: object, pointer: str, reader: Reader) -> Trigger:
    event = reader.members(raw, pointer, ("event",)).get("event")
    return reader.one_of(event, f"{pointer}/event", Trigger)


def _read_predicate(
    raw: object, pointer: str, facts: Mapping[str, FactType], reader: Reader
) -> Predicate:
    try:
        return parse({"all": []} if raw is None else raw, facts=facts, pointer=pointer)
    except Invalid as fault:
        reader.errors += fault.errors
        return All(())


def _read_budget(raw: object, pointer: str, reader: Reader) -> Budget:
    given = reader.members(
        raw, pointer, ("points_total", "awards_total", "per_period", "per_borrower")
    )
    each = reader.members(
        given.get("per_borrower") or {}, f"{pointer}/per_borrower", ("awards", "points")
    )
    return Budget(
        points_total=_limit(given, "points_total", pointer, POINTS_TOTAL_MAX, reader),
        awards_total=_limit(given, "awards_total", pointer, AWARDS_TOTAL_MAX, reader),
        per_period=_read_period(given.get("per_period"), f"{pointer}/per_period", reader),
        awards_each=_limit(each, "awards", f"{pointer}/per_borrower", AWARDS_EACH_MAX, reader),
        points_each=_limit(each, "points", f"{pointer}/per_borrower", POINTS_TOTAL_MAX, reader),
    )


def _read_period(raw: object, pointer: str, reader: Reader) -> Period | None:
    if raw is None:
        return None
    given = reader.members(raw, pointer, ("every", "points", "awards"))
    return Period(
        every=reader.one_of(given.get("every"), f"{pointer}/every", Every),
        points=_limit(given, "points", pointer, POINTS_TOTAL_MAX, reader),
        awards=_limit(given, "awards", pointer, AWARDS_TOTAL_MAX, reader),
    )


def _limit(
    given: Mapping[str, Any], name: str, pointer: str, high: int, reader: Reader
) -> int | None:
    raw = given.get(name)
    return None if raw is None else reader.whole(raw, f"{pointer}/{name}", 1, high)


def _read_stacking(raw: object, pointer: str, reader: Reader) -> Stacking:
    given = reader.members(raw, pointer, ("group", "mode", "priority"))
    return Stacking(
        group=reader.code(given.get("group"), f"{pointer}/group", NAME_PATTERN),
        mode=reader.one_of(given.get("mode"), f"{pointer}/mode", Mode),
        priority=reader.whole(given.get("priority"), f"{pointer}/priority", *PRIORITY),
    )

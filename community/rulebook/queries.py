"""Reads of the rulebook."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.detectors.rules import RULES, RULES_VERSION, Mode, effective
from community.rulebook.models import RuleChange, RuleRecord
from community.rulebook.rules import CHANGES_SHOWN_MAX, precision


def get_modes(session: Session) -> dict[str, Mode]:
    """Every rule's mode: the newest change, else as it ships."""
    # One look each: the changes of years are not read for it.
    known = func.unnest(literal(list(RULES), ARRAY(Text))).column_valued("known")
    newest = (
        select(RuleChange.mode)
        .where(RuleChange.rule == known)
        .order_by(RuleChange.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = session.execute(select(known, newest))
    return effective({rule: Mode(mode) for rule, mode in found if mode is not None})


def find_record(session: Session, *, rule: str) -> RuleRecord | None:
    """The figures of a rule's present version."""
    return session.get(RuleRecord, (rule, RULES_VERSION))


def list_rules(session: Session) -> list[dict[str, Any]]:
    """Every rule with its mode, its figures and its latest changes."""
    modes, changes = get_modes(session), _changes(session)
    query = select(RuleRecord).where(RuleRecord.rules_version == RULES_VERSION)
    records = {record.rule: record for record in session.execute(query).scalars()}
    return [
        {
            "rule": rule.id,
            "kind": rule.kind,
            "mode": modes[rule.id],
            "ships_as": rule.mode,
            "modes": [mode for mode in Mode if mode in rule.modes],
            "rules_version": RULES_VERSION,
            **_figures(records.get(rule.id)),
            "changes": [row for row in changes if row.rule == rule.id],
        }
        for rule in RULES.values()
    ]


def _figures(record: RuleRecord | None) -> dict[str, Any]:
    if record is None:
        return {"hits": 0, "right": 0, "wrong": 0, "precision": None}
    share = precision(right=record.right, wrong=record.wrong)
    return {
        "hits": record.hits,
        "right": record.right,
        "wrong": record.wrong,
        "precision": None if share is None else f"{float(share):.4f}",
    }


def _changes(session: Session) -> Sequence[AnyRow]:
    place = func.row_number().over(partition_by=RuleChange.rule, order_by=RuleChange.number.desc())
    ranked = select(*RuleChange.__table__.c, place.label("place")).subquery()
    query = (
        select(ranked)
        .where(ranked.c.place <= CHANGES_SHOWN_MAX, ranked.c.rule.in_(RULES))
        .order_by(ranked.c.rule, ranked.c.place)
    )
    return session.execute(query).all()

"""A decision in words to the author whom it is about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.kit.db import AnyRow
from backend.kit.texts import Locale, Text
from community.moderation.rules import APPEAL_WINDOW, CLAUSES, Action, Clause, Standing
from community.sanctions.rules import Kind

ACTION_TEXTS: dict[Action, Text] = {
    Action.WARN: Text(
        "Your text stays. We ask you to keep to this rule.", "您的内容保留。请您遵守这条规则。"
    ),
    Action.REMOVE: Text("Your text was taken down.", "您的内容已被撤下。"),
    Action.MUTE: Text(
        "Your text was taken down, and you cannot write here for a while.",
        "您的内容已被撤下，您暂时不能在此发言。",
    ),
    Action.SUSPEND: Text(
        "Your text was taken down, and you can only read here for now.",
        "您的内容已被撤下，您目前只能浏览。",
    ),
}
SANCTION_TEXTS: dict[Kind, Text] = {
    Kind.WARN: Text("A word of caution", "提醒"),
    Kind.MUTE: Text("You can read and react, not write", "可浏览和互动，暂不能发言"),
    Kind.SUSPEND: Text("You can read", "可浏览"),
}


def statement(row: AnyRow, *, appeal: AnyRow | None, locale: Locale) -> dict[str, Any]:
    """The statement of reasons: what, by which rule, why, who found it, and how to appeal."""
    return {
        "decision_id": row.id,
        "target_type": row.target_type,
        "target_id": row.target_id,
        "action": row.action,
        "action_text": ACTION_TEXTS[Action(row.action)].in_(locale),
        "clause": row.clause,
        "clause_text": CLAUSES[Clause(row.clause)].in_(locale),
        "reason": row.reason,
        "days": row.days,
        "decided_at": row.decided_at,
        "found_by": row.rules,
        "is_undone": row.standing == Standing.UNDONE,
        "appeal_until": row.counts_from + APPEAL_WINDOW,
        "appeal": None if appeal is None else appeal._asdict(),
    }


def standing(
    *,
    decided: Sequence[AnyRow],
    appealed: Mapping[UUID, AnyRow],
    sanctions: Sequence[AnyRow],
    now: datetime,
    locale: Locale,
) -> dict[str, Any]:
    """All that was decided about her, and what of it lasts."""
    lasting = [
        row
        for row in sanctions
        if row.ended_at is None and (row.until_at is None or row.until_at > now)
    ]
    return {
        "sanctions": [
            {**row._mapping, "text": SANCTION_TEXTS[Kind(row.kind)].in_(locale)} for row in lasting
        ],
        "statements": [
            statement(row, appeal=appealed.get(row.id), locale=locale) for row in decided
        ],
    }

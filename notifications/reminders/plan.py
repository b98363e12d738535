"""A plan's document in checked form."""

from collections.abc import Collection, Mapping
from datetime import time
from typing import Any

from backend.kit.problems import FieldError, Invalid
from notifications.reminders.rules import Plan, Stage, find_plan_errors


def read_plan(document: Mapping[str, Any], *, version: int) -> Plan:
    """From the shape that schemas let through."""
    return Plan(
        version=version,
        stages=tuple(
            Stage(
                code=each["code"],
                days=each["days"],
                standard=each["templates"]["standard"],
                gentle=each["templates"]["gentle"],
                keep_days=each["keep_days"],
            )
            for each in document["stages"]
        ),
        gentle_tiers=tuple(document["gentle_tiers"]),
        send_from=time.fromisoformat(document["send_from"]),
        send_until=time.fromisoformat(document["send_until"]),
        holdout_percent=document["holdout_percent"],
    )


def check_plan(document: Mapping[str, Any], *, templates: Collection[str]) -> None:
    """Refuses: Invalid, every fault with its pointer."""
    plan = read_plan(document, version=0)
    errors = [FieldError(at, told) for at, told in find_plan_errors(plan, templates=templates)]
    if errors:
        raise Invalid(errors=errors)

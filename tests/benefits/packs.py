"""Packs as staff write them, and the jobs that offer them."""

from typing import Any

from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from tests.clock import NOW, TODAY

EVERYBODY: dict[str, Any] = {"all": []}


def texts(words: str = "Words") -> dict[str, str]:
    return {"en": words, "zh-CN": "文字"}


def item(code: str = "course", **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "kind": "training_referral",
        "terms": {"partner": "Skills House", "course": "Bookkeeping"},
        "text": texts("A place in a course"),
    } | more


def version(*items: dict[str, Any], audience: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "month": f"{TODAY:%Y-%m}",
        "budget": 100,
        "document": {
            "name": texts("Next steps"),
            "about": texts("What helps now"),
            "audience": EVERYBODY if audience is None else audience,
            "items": list(items) or [item()],
        },
    } | more


def context(as_of=TODAY) -> JobContext:
    return JobContext(as_of=as_of, now=NOW, run_id=new_id(), heartbeat=lambda: None)

"""The demo's pack: something to learn, and a place to learn it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.benefits import service
from backend.benefits.errors import PackCodeTaken
from backend.kit.programme_zone import programme_day
from backend.kit.wiring import DemoOffice

CODE = "next_steps"
BUDGET = 100
DOCUMENT: dict[str, Any] = {
    "name": {"en": "Next steps", "zh-CN": "下一步"},
    "about": {
        "en": "You keep what you agreed. Here is something that may help you further.",
        "zh-CN": "您一直守约。这里有一些或许能帮到您的内容。",
    },
    # The made-up people alone: of the real ones it would be a promise in the name of a bank.
    "audience": {
        "all": [
            {"fact": "on_time_streak", "op": "gte", "value": 3},
            {"fact": "product", "op": "ne", "value": "uci-card"},
        ]
    },
    "items": [
        {
            "code": "budget_book",
            "kind": "education_pack",
            "terms": {"title": "A month that adds up"},
            "text": {
                "en": "A short course on planning a month, at your own pace.",
                "zh-CN": "一门关于安排每月开支的小课程，进度由您决定。",
            },
            "days": 60,
            "needs_proof": None,
        },
        {
            "code": "skills_course",
            "kind": "training_referral",
            "terms": {"partner": "Skills House", "course": "Bookkeeping for beginners"},
            "text": {
                "en": "A place in an evening course on bookkeeping.",
                "zh-CN": "记账入门夜校课程的一个名额。",
            },
            "days": 60,
            "needs_proof": None,
        },
    ],
}


def fill(session: Session, office: DemoOffice, now: datetime) -> None:
    """Publish the pack, where it is not there yet."""
    today = programme_day(now)
    try:
        service.create_pack(session, code=CODE, created_by=office.author_id, now=now)
    except PackCodeTaken:
        return
    version = service.write_draft(
        session,
        code=CODE,
        month=today.replace(day=1),
        document=DOCUMENT,
        budget=BUDGET,
        author_id=office.author_id,
        today=today,
        now=now,
    )
    service.publish_version(
        session,
        code=CODE,
        version=version,
        publisher_id=office.approver_id,
        today=today,
        now=now,
    )

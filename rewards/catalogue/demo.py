"""The demo's catalogue: one thing of each kind, for the points of a few months."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.kit.programme_zone import programme_day
from backend.kit.wiring import DemoOffice
from rewards.catalogue import service
from rewards.catalogue.errors import ItemCodeTaken

VOUCHERS = 200
VOUCHER_LIFE = timedelta(days=365)
_EVERYBODY = {"all": list[Any]()}
ITEMS: tuple[Mapping[str, Any], ...] = (
    {
        "code": "meals_for_neighbours",
        "kind": "donation",
        "names": {"en": "Five meals for neighbours", "zh-CN": "为邻里捐五份餐"},
        "about": {
            "en": "The food bank cooks five meals in your name.",
            "zh-CN": "食物银行以您的名义做五份餐。",
        },
        "terms": {"recipient": "Neighbourhood food bank", "purpose": "Five warm meals"},
        "price_points": 60,
        "limit_each": None,
        "stock": None,
    },
    {
        "code": "budget_lesson",
        "kind": "lesson",
        "names": {"en": "Lesson: a month that adds up", "zh-CN": "课程：安排好每个月"},
        "about": {
            "en": "Half an hour on planning what comes in and what goes out.",
            "zh-CN": "用半小时学习安排收入与支出。",
        },
        "terms": {
            "title": "A month that adds up",
            "url": "https://lessons.demo.goodfaith.example/month",
        },
        "price_points": 80,
        "limit_each": 1,
        "stock": None,
    },
    {
        "code": "paperback",
        "kind": "voucher",
        "names": {"en": "A paperback of your choice", "zh-CN": "任选一本平装书"},
        "about": {
            "en": "One paperback at the Corner Bookshop.",
            "zh-CN": "街角书店的平装书一本。",
        },
        "terms": {"merchant": "Corner Bookshop", "goods": "One paperback"},
        "price_points": 150,
        "limit_each": 2,
        "stock": None,
    },
    {
        "code": "reading_lamp",
        "kind": "physical_gift",
        "names": {"en": "A reading lamp", "zh-CN": "一盏阅读灯"},
        "about": {
            "en": "A small lamp for the table, sent to your home.",
            "zh-CN": "一盏小台灯，寄到您家。",
        },
        "terms": {"goods": "A reading lamp"},
        "price_points": 300,
        "limit_each": 1,
        "stock": 100,
    },
)


def fill(session: Session, office: DemoOffice, now: datetime) -> None:
    """Write each thing that is not there yet."""
    for item in ITEMS:
        values = {**item, "audience": _EVERYBODY, "state": "live"}
        try:
            item_id = service.create_item(
                session, values=values, created_by=office.author_id, now=now
            )
        except ItemCodeTaken:
            continue
        if item["kind"] == "voucher":
            today = programme_day(now)
            service.import_codes(
                session,
                item_id=item_id,
                codes=[secrets.token_hex(6).upper() for _ in range(VOUCHERS)],
                valid_until=today + VOUCHER_LIFE,
                today=today,
            )

"""The demo's catalogue: one or two things of each kind, none of them real."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.kit.programme_zone import programme_day
from backend.kit.wiring import DemoOffice
from rewards.catalogue import service
from rewards.catalogue.errors import ItemCodeTaken

CODES = 200
CODES_LAST = timedelta(days=730)
EVERYBODY: dict[str, Any] = {"all": []}
STEADY: dict[str, Any] = {"fact": "on_time_streak", "op": "gte", "value": 6}


def _item(
    code: str,
    kind: str,
    names: tuple[str, str],
    about: tuple[str, str],
    terms: dict[str, str],
    **more: Any,
) -> dict[str, Any]:
    defaults: dict[str, Any] = {"limit_each": None, "audience": EVERYBODY, "stock": None}
    texts = {
        name: dict(zip(("en", "zh-CN"), pair, strict=True))
        for name, pair in (("names", names), ("about", about))
    }
    described = {"code": code, "kind": kind, "terms": terms, "state": "live"}
    return defaults | texts | described | more


ITEMS = (
    _item(
        "budget_lesson",
        "lesson",
        ("A lesson: a budget that fits", "课程：适合自己的预算"),
        ("Twenty quiet minutes, with a worksheet.", "二十分钟的轻松课程，附练习表。"),
        {"title": "A budget that fits", "url": "https://lessons.goodfaith.example/budget"},
        price_points=100,
        limit_each=1,
    ),
    _item(
        "ten_meals",
        "donation",
        ("Ten meals for others", "为他人捐赠十份餐食"),
        ("Given in the name of all members.", "以全体会员的名义捐赠。"),
        {"recipient": "Demo Food Bank", "purpose": "Ten warm meals"},
        price_points=200,
    ),
    _item(
        "paperback",
        "voucher",
        ("A paperback of your choice", "任选平装书一本"),
        ("One book at the counter of the Demo Bookshop.", "可在示例书店柜台任选一本。"),
        {"merchant": "Demo Bookshop", "goods": "One paperback"},
        price_points=400,
        limit_each=2,
    ),
    _item(
        "tea_box",
        "physical_gift",
        ("A box of tea", "一盒茶叶"),
        ("Sent to your door.", "寄送到家。"),
        {"goods": "A box of tea, 100 g"},
        price_points=300,
        limit_each=1,
        stock=500,
    ),
    _item(
        "steady_mug",
        "physical_gift",
        ("The mug of six in a row", "六期准时纪念杯"),
        ("For whoever has kept six due dates in a row.", "赠予连续六期按时还款的会员。"),
        {"goods": "A mug with a small sun on it"},
        price_points=500,
        limit_each=1,
        audience=STEADY,
        stock=100,
    ),
)


def fill(session: Session, office: DemoOffice, now: datetime) -> None:
    """Put everything on the shelves; what stands there already stays as it is."""
    today = programme_day(now)
    for values in ITEMS:
        try:
            item_id = service.create_item(
                session, values=values, created_by=office.author_id, now=now
            )
        except ItemCodeTaken:
            continue
        if values["kind"] == "voucher":
            service.import_codes(
                session,
                item_id=item_id,
                codes=[f"DEMO-{number:04}" for number in range(CODES)],
                valid_until=today + CODES_LAST,
                today=today,
            )

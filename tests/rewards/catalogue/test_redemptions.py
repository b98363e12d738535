"""Points for things: held, captured or returned; stock and balance hold whoever asks at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.problems import Problem
from backend.kit.wiring import JobContext
from rewards.catalogue import service
from rewards.catalogue.audit import run as audit
from rewards.catalogue.errors import OutOfStock
from rewards.catalogue.jobs import tidy
from rewards.catalogue.models import CatalogueItem, Redemption, VoucherCode
from rewards.points.errors import NotEnoughPoints
from tests.clock import NOW, TODAY
from tests.factories.points import give_points
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.fixtures.api import new_key

EVERYBODY: dict[str, Any] = {"all": []}
TERMS = {
    "voucher": {"merchant": "Corner Bookshop", "goods": "One paperback"},
    "physical_gift": {"goods": "A mug"},
    "lesson": {"title": "Budgets", "url": "https://learn.example/budgets"},
    "donation": {"recipient": "Food bank", "purpose": "Ten meals"},
}


def item(kind: str = "lesson", **more: Any) -> dict[str, Any]:
    return {
        "code": f"a_{kind}",
        "kind": kind,
        "names": {"en": f"A {kind}", "zh-CN": "礼品"},
        "about": {"en": "Something nice", "zh-CN": "好东西"},
        "terms": TERMS[kind],
        "price_points": 100,
        "stock": None,
        "state": "live",
    } | more


@pytest.fixture
def marketer(staff_api):
    return staff_api("marketer")


@pytest.fixture
def add_item(marketer):
    def add(kind: str = "lesson", **more: Any) -> str:
        made = marketer.post("/v1/catalogue-items", json=item(kind, **more))
        assert made.status_code == 201, made.json
        return made.json["id"]

    return add


@pytest.fixture
def member(session, borrower_api):
    """An enrolled borrower with 250 points."""

    def make(points: int = 250, **profile: Any):
        borrower_id = make_profile(session, **profile)
        enrol(session, borrower_id)
        if points:
            give_points(session, borrower_id, points)
        return borrower_api(borrower_id)

    return make


def redeem(api, item_id, **more):
    return api.post(
        "/v1/me/redemptions", json={"item_id": item_id, "quantity": 1} | more, headers=new_key()
    )


def balance(api) -> tuple[int, int]:
    shown = api.get("/v1/me/points").json
    return shown["available"], shown["held"]


def is_in_order(session) -> bool:
    session.flush()
    return list(audit(session)) == []


def test_points_are_held_and_spent_when_the_thing_is_hers(session, add_item, member):
    own = member()
    made = redeem(own, add_item())
    assert (made.status_code, made.json["state"], made.json["points"]) == (201, "confirmed", 100)
    assert made.json["url"] is None
    assert balance(own) == (150, 100)

    claimed = own.post(f"/v1/me/redemptions/{made.json['id']}/claim", headers=new_key())
    assert (claimed.json["state"], claimed.json["url"]) == ("completed", TERMS["lesson"]["url"])
    assert balance(own) == (150, 0)
    assert is_in_order(session)


def test_a_cancelled_redemption_gives_points_and_stock_back(session, add_item, member):
    own, item_id = member(), add_item(stock=1)
    made = redeem(own, item_id)
    assert redeem(own, item_id).json["code"] == "out-of-stock"
    path = f"/v1/me/redemptions/{made.json['id']}/cancel"
    cancelled = own.post(path, headers=new_key())
    assert (cancelled.json["state"], cancelled.json["ending"]["code"]) == (
        "cancelled",
        "by_borrower",
    )
    assert balance(own) == (250, 0)
    again = own.post(path, headers=new_key())
    assert (again.status_code, again.json["code"]) == (409, "redemption-not-open")
    assert redeem(own, item_id).status_code == 201
    assert is_in_order(session)


def test_what_is_hers_cannot_be_cancelled(add_item, member):
    own = member()
    made = redeem(own, add_item()).json["id"]
    own.post(f"/v1/me/redemptions/{made}/claim", headers=new_key())
    late = own.post(f"/v1/me/redemptions/{made}/cancel", headers=new_key())
    assert late.json["code"] == "redemption-not-open"
    assert balance(own) == (150, 0)


def test_too_few_points_are_refused_with_the_balance(session, add_item, member):
    own = member(points=99)
    refused = redeem(own, add_item())
    assert (refused.status_code, refused.json["code"]) == (409, "not-enough-points")
    assert refused.json["balance"] == 99
    assert session.execute(select(Redemption.id)).all() == []


def test_a_limit_for_each_member_holds(add_item, member):
    own, item_id = member(), add_item(limit_each=1)
    assert redeem(own, item_id).status_code == 201
    assert redeem(own, item_id).json["code"] == "redemption-limit-reached"
    assert redeem(member(), item_id).status_code == 201


def test_an_item_for_others_is_refused_and_says_so_beforehand(add_item, member):
    late = {"fact": "days_past_due", "op": "gt", "value": 30}
    item_id = add_item(audience=late)
    own = member()
    (shown,) = own.get("/v1/rewards").json["items"]
    assert (shown["may_redeem"], shown["reasons"][0]["code"]) == (False, "item-not-for-you")
    assert redeem(own, item_id).json["code"] == "item-not-for-you"
    assert redeem(member(dpd_base=60), item_id).status_code == 201


def test_who_is_not_enrolled_sees_and_cannot_redeem(session, add_item, borrower_api):
    own = borrower_api(make_profile(session))
    item_id = add_item()
    (shown,) = own.get("/v1/rewards", headers={"Accept-Language": "zh-CN"}).json["items"]
    codes = [reason["code"] for reason in shown["reasons"]]
    assert codes == ["not-enrolled", "not-enough-points"]
    assert "100" in shown["reasons"][1]["text"]
    assert redeem(own, item_id).status_code == 409


def test_drafts_and_retired_items_are_not_there(add_item, member):
    own = member()
    for state in ("draft", "retired"):
        item_id = add_item(state=state, code=f"is_{state}")
        assert redeem(own, item_id).json["code"] == "catalogue-item-unknown"
    assert own.get("/v1/rewards").json["items"] == []


def test_another_borrower_cannot_touch_it(add_item, member):
    made = redeem(member(), add_item()).json["id"]
    other = member()
    for act in ("claim", "cancel"):
        answer = other.post(f"/v1/me/redemptions/{made}/{act}", headers=new_key())
        assert (answer.status_code, answer.json["code"]) == (404, "redemption-unknown")
    for path in ("", "/codes"):
        assert other.get(f"/v1/me/redemptions/{made}{path}").status_code == 404


def test_a_gift_needs_an_address_and_forgets_it_when_it_has_come(
    session, add_item, member, marketer
):
    own, item_id = member(), add_item("physical_gift", stock=5)
    assert redeem(own, item_id).json["code"] == "address-needed"
    made = redeem(own, item_id, address="7 Bell Street\nSpringfield").json
    assert made["state"] == "requested"
    sealed = session.execute(select(Redemption.address_cipher)).scalar_one()
    assert b"Bell" not in sealed
    step = f"/v1/staff/borrowers/{own.id}/redemptions/{made['id']}/advance"

    def advance(state, **more):
        return marketer.post(step, json={"state": state} | more, headers=new_key())

    assert advance("shipped").status_code == 409
    assert advance("confirmed").status_code == 200
    listed = marketer.get("/v1/staff/redemptions/to-send")
    assert listed.mimetype == "text/csv"
    assert "7 Bell Street" in listed.text
    assert own.get("/v1/me/access-log").json["items"]
    assert advance("shipped", tracking="T-1").json["tracking"] == "T-1"
    assert balance(own) == (150, 0)
    assert "Bell" not in marketer.get("/v1/staff/redemptions/to-send").text
    assert advance("completed").status_code == 200
    assert session.execute(select(Redemption.address_cipher)).scalar_one() is None
    assert is_in_order(session)


def test_a_gift_that_cannot_be_sent_gives_points_back(session, add_item, member, marketer):
    own = member()
    made = redeem(own, add_item("physical_gift", stock=1), address="7 Bell Street").json
    step = f"/v1/staff/borrowers/{own.id}/redemptions/{made['id']}/advance"
    assert marketer.post(step, json={"state": "failed"}, headers=new_key()).status_code == 200
    assert balance(own) == (250, 0)
    shown = own.get(f"/v1/me/redemptions/{made['id']}").json
    assert (shown["state"], shown["ending"]["code"]) == ("failed", "by_staff")
    assert is_in_order(session)


def test_an_address_that_looks_like_a_formula_is_only_text(session, add_item, member, marketer):
    own = member()
    made = redeem(own, add_item("physical_gift", stock=1), address='=HYPERLINK("x")').json
    step = f"/v1/staff/borrowers/{own.id}/redemptions/{made['id']}/advance"
    marketer.post(step, json={"state": "confirmed"}, headers=new_key())
    assert "'=HYPERLINK" in marketer.get("/v1/staff/redemptions/to-send").text


@pytest.fixture
def voucher(add_item, marketer):
    def make(*codes: str, **more: Any) -> str:
        item_id = add_item("voucher", **more)
        body = {"valid_until": str(TODAY + timedelta(days=90)), "codes": list(codes)}
        added = marketer.post(f"/v1/catalogue-items/{item_id}/codes", json=body)
        assert added.json["added"] == len(codes), added.json
        return item_id

    return make


def test_a_voucher_s_code_is_sealed_and_shown_to_its_owner_alone(session, voucher, member):
    own, item_id = member(), voucher("BOOK-1", "BOOK-2")
    made = redeem(own, item_id)
    path = f"/v1/me/redemptions/{made.json['id']}"
    assert own.get(f"{path}/codes").json["code"] == "redemption-not-open"
    claimed = own.post(f"{path}/claim", headers=new_key())
    shown = own.get(f"{path}/codes").json["items"]
    assert [each["code"] for each in shown] == ["BOOK-1"]
    assert own.get(f"{path}/codes").json["items"] == shown
    assert "BOOK" not in made.text + claimed.text + own.get("/v1/me/redemptions").text
    sealed = session.execute(select(VoucherCode.code_cipher)).scalars().all()
    assert not any(b"BOOK" in each for each in sealed)
    kept = session.execute(text("SELECT count(*) FROM idempotent_answer WHERE body LIKE '%BOOK%'"))
    assert kept.scalar_one() == 0
    assert is_in_order(session)


def test_a_cancelled_voucher_s_code_goes_to_the_next(session, voucher, member):
    item_id = voucher("ONLY-1")
    first = member()
    made = redeem(first, item_id).json["id"]
    assert redeem(member(), item_id).json["code"] == "out-of-stock"
    first.post(f"/v1/me/redemptions/{made}/cancel", headers=new_key())
    second = member()
    made = redeem(second, item_id).json["id"]
    second.post(f"/v1/me/redemptions/{made}/claim", headers=new_key())
    shown = second.get(f"/v1/me/redemptions/{made}/codes").json["items"]
    assert [each["code"] for each in shown] == ["ONLY-1"]
    assert is_in_order(session)


def test_codes_come_in_once(session, voucher, marketer):
    item_id = voucher("BOOK-1")
    path = f"/v1/catalogue-items/{item_id}/codes"
    until = str(TODAY + timedelta(days=30))
    again = marketer.post(path, json={"valid_until": until, "codes": ["BOOK-1", "BOOK-2"]})
    assert again.json == {"added": 1, "known": 1}
    assert marketer.get(f"/v1/catalogue-items/{item_id}").json["stock_left"] == 2
    past = marketer.post(path, json={"valid_until": str(TODAY), "codes": ["X"]})
    assert past.json["errors"][0]["pointer"] == "#/valid_until"


def test_only_a_voucher_has_codes(add_item, marketer):
    body = {"valid_until": str(TODAY + timedelta(days=30)), "codes": ["X"]}
    refused = marketer.post(f"/v1/catalogue-items/{add_item()}/codes", json=body)
    assert refused.status_code == 422
    lost = marketer.post(f"/v1/catalogue-items/{new_id()}/codes", json=body)
    assert lost.json["code"] == "catalogue-item-unknown"


def context(at=NOW) -> JobContext:
    return JobContext(as_of=at.date(), now=at, run_id=new_id(), heartbeat=lambda: None)


def test_what_nobody_claims_goes_back_by_itself(session, add_item, member):
    own = member()
    made = redeem(own, add_item(stock=1)).json["id"]
    assert tidy(context(NOW + timedelta(days=29)))["failed"] == 0
    assert tidy(context(NOW + timedelta(days=30)))["failed"] == 1
    assert tidy(context(NOW + timedelta(days=30)))["failed"] == 0
    assert balance(own) == (250, 0)
    shown = own.get(f"/v1/me/redemptions/{made}").json
    assert shown["ending"]["code"] == "not_claimed"
    assert is_in_order(session)


def test_codes_that_ended_leave_the_stock(session, voucher, marketer):
    item_id = voucher("BOOK-1", "BOOK-2")
    assert tidy(context(NOW + timedelta(days=200)))["codes_withdrawn"] == 2
    assert marketer.get(f"/v1/catalogue-items/{item_id}").json["stock_total"] == 0
    assert is_in_order(session)


@pytest.mark.commits
def test_the_last_hundred_go_to_a_hundred_of_two_hundred(session, marketer, own_database):
    session.commit()
    made = marketer.post("/v1/catalogue-items", json=item("donation", stock=100))
    item_id = made.json["id"]
    ids = [make_profile(session) for _ in range(200)]
    enrol(session, *ids)
    for each in ids:
        give_points(session, each, 100)
    session.commit()

    def ask(borrower_id) -> str:
        try:
            with transaction() as fresh:
                service.redeem(
                    fresh, borrower_id=borrower_id, item_id=item_id, quantity=1, price_points=None,
                    address=None, today=TODAY, now=NOW,
                )  # fmt: skip
        except OutOfStock:
            return "none left"
        return "hers"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, ids))

    assert answers.count("hers") == 100
    assert answers.count("none left") == 100
    with transaction() as fresh:
        assert list(audit(fresh)) == []
        left = fresh.execute(select(CatalogueItem.stock_left)).scalar_one()
        assert left == 0


@pytest.mark.commits
def test_one_balance_pays_once(session, marketer, own_database):
    session.commit()
    item_id = marketer.post("/v1/catalogue-items", json=item()).json["id"]
    borrower_id = make_profile(session)
    enrol(session, borrower_id)
    give_points(session, borrower_id, 150)
    session.commit()

    def ask(_: int) -> Problem | None:
        try:
            with transaction() as fresh:
                service.redeem(
                    fresh, borrower_id=borrower_id, item_id=item_id, quantity=1, price_points=None,
                    address=None, today=TODAY, now=NOW,
                )  # fmt: skip
        except NotEnoughPoints as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))

    refusals = [each for each in answers if each is not None]
    assert len(refusals) == 7
    assert {each.context["balance"] for each in refusals} == {50}

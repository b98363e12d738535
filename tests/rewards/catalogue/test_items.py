"""The catalogue as staff write it: no cash, no race of two editors, no stock below the taken."""

import pytest

from backend.kit.ids import new_id
from rewards.catalogue.demo import fill
from tests.clock import NOW, TODAY
from tests.factories.profile import make_profile
from tests.rewards.catalogue.test_redemptions import item


@pytest.fixture
def marketer(staff_api):
    return staff_api("marketer")


@pytest.mark.parametrize(
    ("changed", "code", "pointer"),
    [
        ({"kind": "cash"}, "cash-like-item", "#/kind"),
        ({"kind": "mobile_top_up"}, "cash-like-item", "#/kind"),
        ({"kind": "loan_credit"}, "cash-like-item", "#/kind"),
        ({"names": {"en": "Cash back", "zh-CN": "礼品"}}, "cash-like-item", "#/names"),
        ({"about": {"en": "Nice", "zh-CN": "微信红包"}}, "cash-like-item", "#/about"),
        (
            {"kind": "voucher", "terms": {"merchant": "Any shop", "goods": "Gift card"}},
            "cash-like-item",
            "#/terms",
        ),
        ({"kind": "voucher", "terms": {"merchant": "Bookshop"}}, "invalid", "#/terms/goods"),
        ({"terms": {"title": "x", "url": "http://learn.example"}}, "invalid", "#/terms/url"),
        ({"audience": {"fact": "sex", "op": "eq", "value": 1}}, "invalid", "#/audience/fact"),
        ({"price_points": 0}, "invalid", "#/price_points"),
    ],
)
def test_what_is_like_cash_or_wrong_is_refused(marketer, changed, code, pointer):
    refused = marketer.post("/v1/catalogue-items", json=item() | changed)
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert refused.json["errors"][0]["pointer"] == pointer
    assert bool(refused.json.get("reasons")) == (code == "cash-like-item")


def editable(**changes):
    body = item(**changes)
    return {name: value for name, value in body.items() if name not in ("code", "kind")}


def test_two_editors_do_not_overwrite_each_other(marketer):
    made = marketer.post("/v1/catalogue-items", json=item())
    path = f"/v1/catalogue-items/{made.json['id']}"
    tag = made.headers["ETag"]
    edited = marketer.put(path, json=editable(price_points=90), headers={"If-Match": tag})
    assert (edited.status_code, edited.json["price_points"]) == (200, 90)
    stale = marketer.put(path, json=editable(), headers={"If-Match": tag})
    assert stale.status_code == 412
    assert marketer.put(path, json=editable()).status_code == 428


def test_stock_counts_what_is_taken(marketer):
    made = marketer.post("/v1/catalogue-items", json=item(stock=3))
    assert (made.json["stock_total"], made.json["stock_left"]) == (3, 3)
    path = f"/v1/catalogue-items/{made.json['id']}"
    more = marketer.put(path, json=editable(stock=5), headers={"If-Match": '"1"'})
    assert more.json["stock_left"] == 5


def test_a_code_names_one_item(marketer):
    assert marketer.post("/v1/catalogue-items", json=item()).status_code == 201
    taken = marketer.post("/v1/catalogue-items", json=item())
    assert (taken.status_code, taken.json["code"]) == (409, "catalogue-code-taken")


def test_what_is_not_there_is_not_found(marketer):
    path = f"/v1/catalogue-items/{new_id()}"
    assert marketer.get(path).json["code"] == "catalogue-item-unknown"
    lost = marketer.put(path, json=editable(), headers={"If-Match": '"1"'})
    assert lost.json["code"] == "catalogue-item-unknown"


def test_the_demo_s_shelves_are_filled_once(session, borrower_api):
    for _ in range(2):
        fill(session, today=TODAY, now=NOW)
    own = borrower_api(make_profile(session))
    for locale in ("en", "zh-CN"):
        items = own.get("/v1/rewards", headers={"Accept-Language": locale}).json["items"]
        assert [each["kind"] for each in items] == [
            "lesson", "donation", "physical_gift", "voucher", "physical_gift",
        ]  # fmt: skip
        assert all(each["in_stock"] for each in items)

"""Products: by what payments are shared out and schedules are reckoned anew."""

import pytest

WHOLE = {
    "allocation_order": ["penalty", "fee", "interest", "principal"],
    "rounding": "half_up",
    "grace_days": 0,
    "regime": None,
    "method": "equal_installment",
    "day_count": "30/360",
    "installment_multiple_minor": 1,
    "recalculate_interest": "none",
    "plan_rate": None,
    "assumed": [],
}


def test_what_is_left_out_has_its_default(client_api):
    found = client_api.put("/v1/ingest/products/home", json={})
    assert (found.status_code, found.json) == (200, WHOLE | {"code": "home"})


def test_a_product_is_stored_whole(client_api):
    body = {"method": "flat", "plan_rate": "0.1500", "assumed": ["plan_rate"], "regime": "CN"}
    assert client_api.put("/v1/ingest/products/home", json=body).json == WHOLE | body | {
        "code": "home"
    }
    assert client_api.put("/v1/ingest/products/home", json={}).json == WHOLE | {"code": "home"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"method": "balloon"}, "#/method"),
        ({"day_count": "30E/360"}, "#/day_count"),
        ({"installment_multiple_minor": 0}, "#/installment_multiple_minor"),
        ({"plan_rate": "10.01"}, "#/plan_rate"),
        ({"plan_rate": 0.12}, "#/plan_rate"),
        ({"assumed": ["code"]}, "#/assumed/0"),
        ({"code": "home"}, "#/code"),
    ],
)
def test_what_cannot_be_is_refused(client_api, body, pointer):
    found = client_api.put("/v1/ingest/products/home", json=body)
    assert found.status_code == 422
    assert [error["pointer"] for error in found.json["errors"]] == [pointer]


def test_a_code_that_cannot_be_is_refused(client_api):
    assert client_api.put(f"/v1/ingest/products/{'x' * 101}", json={}).status_code == 422

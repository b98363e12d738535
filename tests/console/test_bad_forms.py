"""Forms and addresses that no page of ours makes: refused, and never a failure of ours."""

import pytest

from backend.auth.staff_schemas import StaffLogInSchema
from backend.kit import console
from backend.kit.problems import Invalid
from backend.promises.pages import read_amount
from backend.staff.rules import Role
from tests.console.test_doors import DOORS, WRITES

DIGITS = "9" * 5_000  # more than Python reads as a number
DEEP = "[" * 100_000
NESTED = '{"not":' * 1_020 + "{}" + "}" * 1_020
SURROGATE = '{"fact": "product", "op": "eq", "value": "\\ud800"}'
TWICE = '{"all": [], "all": []}'
NOT_JSON = pytest.mark.parametrize(
    "text",
    [DEEP, NESTED, SURROGATE, TWICE, "NaN", f"[{DIGITS}]"],
    ids=["deep", "nested", "surrogate", "twice", "nan", "digits"],
)


@pytest.fixture
def everybody(console_client):
    return console_client(*Role)


@pytest.mark.parametrize(
    "fields",
    [{"a": "1", "a.b": "2"}, {"words": "1", "words.title.en": "2"}, {".": "1", "..": "2"}],
    ids=["unknown", "known", "nameless"],
)
def test_a_name_that_is_a_value_and_an_object_is_no_failure(everybody, fields):
    paths = [path for path, _ in WRITES if path != "/console/log-out"]
    failed = [path for path in paths if everybody.post(path, fields).status_code >= 500]
    assert failed == []


@pytest.mark.parametrize("number", [DIGITS, "²", "٣"], ids=["long", "raised", "arabic"])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/console/catalogue", "price_points"),
        ("/console/catalogue/00000000-0000-0000-0000-000000000194", "edits"),
        ("/console/badges", "goal-0"),
        ("/console/badges/starter", "revision"),
        ("/console/benefit-packs/basic", "budget"),
        ("/console/campaigns/00000000-0000-0000-0000-000000000194/discard", "revision"),
        ("/console/campaigns/00000000-0000-0000-0000-000000000194/edit", "revision"),
    ],
)
def test_a_number_that_is_none_is_refused(everybody, path, name, number):
    form = {name: number, "fact-0": "on_time_streak", "idempotency_key": "a"}
    assert 400 <= everybody.post(path, form).status_code < 500


@pytest.mark.parametrize("number", [DIGITS, "²"], ids=["long", "raised"])
def test_a_number_in_an_address_that_is_none_is_no_failure(everybody, number):
    for path in ("/console/evidence?index=", "/console/tier-policies/new?from="):
        assert everybody.get(f"{path}{number}").status_code < 500


@pytest.mark.parametrize("amount", ["9e999999", "1e-999999", DIGITS], ids=["big", "small", "long"])
def test_an_amount_that_is_none_is_refused(amount):
    with pytest.raises(Invalid):
        read_amount(amount, "CNY")


@NOT_JSON
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/console/catalogue", {}),
        ("/console/badges", {"code": "kind"}),
        ("/console/tier-policies/edit", {"view": "document"}),
        ("/console/tier-policies/save", {"view": "document"}),
    ],
)
def test_json_in_a_field_is_read_as_strictly_as_a_body(everybody, path, fields, text):
    form = dict.fromkeys(("audience", "predicate", "document"), text)
    answer = everybody.post(path, form | fields | {"idempotency_key": "a"})
    assert answer.status_code == 422


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "\xff"])
def test_an_origin_that_cannot_be_read_is_not_ours(everybody, stranger, origin):
    headers = {"Origin": origin}
    for who, path in ((stranger, "/console/log-in"), (everybody, "/console/account/password")):
        assert who.post(path, {"email": "a"}, headers=headers).status_code == 403


def test_a_password_is_read_as_it_is_typed(app):
    typed = {"email": " a@goodfaith.test ", "password": " four quiet lanterns ", "totp_code": "1"}
    with app.test_request_context("/console/log-in", method="POST", data=typed):
        read = console.fields_of(StaffLogInSchema)
    assert read["password"] == typed["password"]
    assert read["email"] == "a@goodfaith.test"


@pytest.mark.parametrize("kept", ["[1]", "[[]]", '{"kind": 1}'], ids=["number", "list", "object"])
def test_an_effect_that_is_none_is_refused(everybody, kept):
    form = {"effects.kept": kept, "idempotency_key": "a"}
    assert everybody.post("/console/campaigns/new/three_in_a_row", form).status_code == 422


def test_files_of_a_page_have_one_address():
    assert [path for _, path, _ in DOORS if "/static/" in path and "/results/" in path] == []

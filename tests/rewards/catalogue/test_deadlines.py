"""What is not taken in time goes back, job or no job; codes are known again under a new key."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.kit import clock, crypto
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from rewards.catalogue.audit import run as audit
from rewards.catalogue.jobs import tidy
from rewards.catalogue.models import VoucherCode
from rewards.catalogue.rules import MOVES, State
from rewards.catalogue.service.codes import HASH, rehash
from rewards.points.jobs import JOBS as POINTS_JOBS
from tests.clock import NOW, TODAY
from tests.factories.catalogue import make_item, make_voucher, redeem
from tests.factories.points import give_points
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.fixtures.api import new_key
from tests.fixtures.keys import keys, ring

ADDRESS = "7 Bell Street"


def context(at) -> JobContext:
    return JobContext(as_of=at.date(), now=at, run_id=new_id(), heartbeat=lambda: None)


@pytest.fixture
def own(session, borrower_api):
    """A member with 250 points."""
    borrower_id = make_profile(session)
    enrol(session, borrower_id)
    give_points(session, borrower_id, 250)
    return borrower_api(borrower_id)


def balance(api) -> tuple[int, int]:
    shown = api.get("/v1/me/points").json
    return shown["available"], shown["held"]


def test_after_its_time_nothing_is_claimed_though_no_job_has_run(session, own):
    made = redeem(session, own.id, make_item(session))
    path = f"/v1/me/redemptions/{made}"
    with clock.fixed(NOW + timedelta(days=30)):
        late = own.post(f"{path}/claim", headers=new_key())
        assert (late.status_code, late.json["code"]) == (409, "redemption-not-open")
        assert own.post(f"{path}/cancel", headers=new_key()).status_code == 200
        assert balance(own) == (250, 0)


def test_after_its_time_no_gift_is_sent(session, own, staff_api):
    made = redeem(session, own.id, make_item(session, "physical_gift"), address=ADDRESS)
    packer = staff_api("marketer")
    path = f"/v1/staff/borrowers/{own.id}/redemptions/{made}/advance"
    assert packer.post(path, json={"state": "confirmed"}, headers=new_key()).status_code == 200
    with clock.fixed(NOW + timedelta(days=31)):
        late = packer.post(path, json={"state": "shipped"}, headers=new_key())
        assert (late.status_code, late.json["code"]) == (409, "redemption-not-open")
        assert tidy(context(clock.now()))["failed"] == 1
        assert balance(own) == (250, 0)
    assert list(audit(session)) == []


def test_a_night_that_comes_after_the_ledger_s_own_gives_the_goods_back_once(session, own):
    """The jobs of the catalogue stood still for ten days, those of points did not."""
    item_id = make_item(session, stock=1)
    made = redeem(session, own.id, item_id)
    much_later = context(NOW + timedelta(days=40))
    for job in POINTS_JOBS:
        job.run(much_later)
    assert balance(own) == (250, 0)
    assert tidy(much_later)["failed"] == 1
    assert tidy(much_later)["failed"] == 0
    assert own.get(f"/v1/me/redemptions/{made}").json["state"] == "failed"
    assert balance(own) == (250, 0)
    assert list(audit(session)) == []
    redeem(session, own.id, item_id)


def test_a_price_that_changed_since_she_saw_it_holds_nothing(session, own):
    body = {"item_id": str(make_item(session)), "price_points": 90}
    refused = own.post("/v1/me/redemptions", json=body, headers=new_key())
    assert (refused.status_code, refused.json["code"]) == (409, "price-changed")
    assert balance(own) == (250, 0)
    made = own.post("/v1/me/redemptions", json=body | {"price_points": 100}, headers=new_key())
    assert made.status_code == 201


def test_a_code_lasts_as_long_as_she_has_time_to_claim_it(session, staff_api, own):
    item_id = make_voucher(session)
    path = f"/v1/catalogue-items/{item_id}/codes"
    packer = staff_api("marketer")
    for days, status in ((29, 422), (30, 200)):
        body = {"valid_until": str(TODAY + timedelta(days=days)), "codes": ["SHORT-1"]}
        assert packer.post(path, json=body).status_code == status
    assert tidy(context(NOW))["codes_withdrawn"] == 0
    # A day on nobody could be given its thirty days, so it is not offered either.
    assert tidy(context(NOW + timedelta(days=1)))["codes_withdrawn"] == 1
    (shown,) = own.get("/v1/rewards").json["items"]
    assert (shown["in_stock"], shown["may_redeem"]) == (False, False)


def test_a_code_is_known_again_while_keys_rotate_and_after(session, staff_api):
    with keys(lookup=ring("first")):
        item_id = make_voucher(session, "BOOK-1", "BOOK-2")
    packer = staff_api("marketer")

    def bring(*codes: str) -> dict[str, int]:
        body = {"valid_until": str(TODAY + timedelta(days=90)), "codes": list(codes)}
        return packer.post(f"/v1/catalogue-items/{item_id}/codes", json=body).json

    with keys(lookup=ring("second", "first")):
        assert bring("BOOK-1", "BOOK-3") == {"added": 1, "known": 1}
        after, changed = rehash(session, None, 1)
        assert changed == 1
        assert rehash(session, after, 10)[1] == 1
        assert rehash(session, None, 10) == (None, 0)
    with keys(lookup=ring("second")):
        assert bring("BOOK-1", "BOOK-2", "BOOK-3") == {"added": 0, "known": 3}
        hashes = set(session.execute(select(VoucherCode.code_hash)).scalars())
        assert crypto.keyed_hash("BOOK-2", kind=HASH) in hashes


def test_every_state_is_reached_and_ends():
    """Each way from asking leads to an end, and from an end there is no way."""
    ends = {state for state, following in MOVES.items() if not following}
    assert ends == {State.COMPLETED, State.CANCELLED, State.FAILED}
    reached = {State.REQUESTED}
    for _ in MOVES:
        reached |= {after for before in reached for after in MOVES[before]}
    assert reached == set(State)

"""What the catalogue and referrals ask finds its rows by an index: no statement reads a table."""

from datetime import timedelta

import pytest

from backend.kit.db import Database
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from rewards.catalogue.jobs import tidy
from rewards.catalogue.service.codes import rehash
from rewards.referrals.jobs import lapse
from tests.api.statements import heard
from tests.api.test_plans import Plans
from tests.clock import NOW, TODAY
from tests.factories.catalogue import make_item, make_voucher
from tests.factories.loans import make_borrower
from tests.factories.points import give_points
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.fixtures.api import new_key

pytestmark = pytest.mark.commits
# What staff write is read whole, by its pages.
OF_STAFF = ("catalogue_item",)


@pytest.fixture
def plans(own_database: Database) -> Plans:
    return Plans(own_database)


def test_the_catalogue_finds_everything_by_an_index(
    session, borrower_api, staff_api, plans, own_database
):
    own = make_profile(session)
    enrol(session, own)
    give_points(session, own, 1_000)
    voucher, gift = make_voucher(session, "A-1", "A-2"), make_item(session, "physical_gift")
    me, packer = borrower_api(own), staff_api("marketer")
    session.commit()

    def redeem(item_id, **more) -> str:
        made = me.post(
            "/v1/me/redemptions", json={"item_id": str(item_id)} | more, headers=new_key()
        )
        assert made.status_code == 201, made.text
        return f"/v1/me/redemptions/{made.json['id']}"

    def ask(api, verb: str, path: str, **body) -> None:
        answer = getattr(api, verb)(path, **body)
        assert answer.status_code == 200, answer.text

    with heard(own_database.writes, own_database.reads) as found:
        ask(me, "get", "/v1/rewards")
        claimed = redeem(voucher)
        ask(me, "post", f"{claimed}/claim", headers=new_key())
        ask(me, "get", f"{claimed}/codes")
        ask(me, "post", f"{redeem(voucher)}/cancel", headers=new_key())
        sent = redeem(gift, address="7 Bell Street").rpartition("/")[2]
        ask(me, "get", "/v1/me/redemptions", query_string={"limit": 1})
        ask(packer, "get", "/v1/staff/redemptions", query_string={"limit": 1})
        path = f"/v1/staff/borrowers/{own}/redemptions/{sent}/advance"
        ask(packer, "post", path, json={"state": "confirmed"}, headers=new_key())
        ask(packer, "get", "/v1/staff/redemptions/to-send")
        tidy(JobContext(NOW.date(), NOW + timedelta(days=40), new_id(), lambda: None))
    plans.explain(found)
    assert plans.explained > 20
    assert [each for each in plans.faults if not any(t in each[:60] for t in OF_STAFF)] == []


def test_referrals_find_everything_by_an_index(
    session, borrower_api, staff_api, client_api, plans, own_database, deliver
):
    ids = [make_borrower(session, external_id=f"plan-{n}") for n in range(2)]
    enrol(session, *ids)
    me, friend = (borrower_api(each) for each in ids)
    officer = staff_api("risk_officer")
    session.commit()
    with heard(own_database.writes, own_database.reads) as found:
        code = me.get("/v1/me/referral").json["code"]
        path = "/v1/me/referral/accept"
        made = friend.post(path, json={"code": code}, headers=new_key())
        assert made.status_code == 201, made.text
        assert me.get("/v1/me/referral").json["items"]
        assert officer.get("/v1/staff/referral-reviews").status_code == 200
        deliver()
        lapse(JobContext(TODAY, NOW, new_id(), lambda: None))
    plans.explain([each for each in found if "referral" in each.sql])
    assert plans.explained > 8
    assert plans.faults == []


def test_codes_are_hashed_anew_in_the_order_of_their_key(session, plans, own_database):
    make_voucher(session, "A-1")
    session.commit()
    with heard(session.connection()) as found:
        rehash(session, (new_id(), new_id()), 10)
    session.rollback()
    plans.explain(found)
    assert plans.faults == []

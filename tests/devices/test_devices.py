"""An installation rings for whoever registered it last, and an address does so too."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from backend.contacts import queries as contacts
from backend.kit import clock, crypto
from backend.kit.db import transaction
from backend.kit.wiring import DemoOffice
from notifications.devices import demo, queries, service
from notifications.devices.models import Device, DeviceLookup
from notifications.devices.rules import LIVE_MAX, Retired
from tests.clock import NOW
from tests.factories.devices import make_device
from tests.factories.loans import make_borrower
from tests.fixtures import leaks
from tests.fixtures.keys import keys, ring

TOKEN = "fcm:APA91bHun4MxP5egoKMwt2KZFBaFUH"  # noqa: S105 - made up
BODY = {
    "platform": "android",
    "address": TOKEN,
    "address_kind": "token",
    "app_version": "2.4.1",
    "timezone": "Asia/Shanghai",
}


@pytest.fixture
def make_owner(session, borrower_api):
    def make(name):
        leaks.watch(secret=TOKEN)
        borrower_id = make_borrower(session, external_id=name)
        session.commit()
        return borrower_api(borrower_id)

    return make


@pytest.fixture
def me(make_owner):
    return make_owner("me")


def put(api, installation="phone-1", **changes):
    return api.put(f"/v1/me/devices/{installation}", json=BODY | changes)


def live(api):
    return {each["installation_id"] for each in api.get("/v1/me/devices").json["items"]}


def rows(session):
    return session.execute(select(Device.__table__).order_by(Device.id)).all()


def test_a_device_is_registered_refreshed_and_removed(me, session):
    first = put(me)
    assert first.status_code == 200, first.text
    assert "address" not in first.json
    with clock.fixed(NOW + timedelta(days=1)):
        again = put(me, app_version="2.5.0", address="another-token", timezone="Europe/Berlin")
    assert (again.json["id"], again.json["app_version"]) == (first.json["id"], "2.5.0")
    assert again.json["registered_at"] == first.json["registered_at"] < again.json["seen_at"]
    [row] = queries.list_live(session, borrower_ids=[me.id])
    assert queries.open_address(row.address_cipher) == "another-token"
    assert queries.list_zones(session, borrower_id=me.id) == ["Europe/Berlin"]
    assert me.delete("/v1/me/devices/phone-1").status_code == 204
    assert me.delete("/v1/me/devices/phone-1").json["code"] == "device-unknown"
    [row] = rows(session)
    assert (row.retired_why, row.address_cipher) == (Retired.REMOVED, None)
    assert put(me).json["id"] != first.json["id"]


@pytest.mark.parametrize(
    ("installation", "changes"),
    [("phone-1", {"address": "new-token"}), ("phone-2", {}), ("phone-1", {})],
    ids=["the same phone", "the same address", "both"],
)
def test_what_somebody_else_registers_leaves_the_first(make_owner, session, installation, changes):
    first, second = make_owner("first"), make_owner("second")
    put(first)
    put(first, "tablet", address="tokenoftablet")
    assert put(second, installation, **changes).status_code == 200
    assert (live(first), live(second)) == ({"tablet"}, {installation})
    assert [row.retired_why for row in rows(session)].count(Retired.CHANGED_HANDS) == 1
    assert put(first).status_code == 200
    assert (live(first), live(second)) == ({"tablet", "phone-1"}, set())


def test_contact_rules_know_every_zone_that_her_devices_are_in(make_owner, session):
    first, second = make_owner("first"), make_owner("second")
    put(first, timezone="America/New_York")
    put(first, "tablet", address="tokenoftablet", timezone="Asia/Tokyo")

    def zones(api):
        return set(contacts.get_times(session, borrower_id=api.id)["zones"])

    assert zones(first) == {"America/New_York", "Asia/Tokyo"}
    put(second, timezone="Asia/Shanghai")
    assert (zones(first), zones(second)) == ({"Asia/Tokyo"}, {"Asia/Shanghai"})
    first.delete("/v1/me/devices/tablet")
    assert zones(first) == set()


def test_a_new_installation_with_an_old_address_replaces_the_old_one(me, session):
    put(me, "before")
    put(me, "after")
    assert live(me) == {"after"}
    assert [row.retired_why for row in rows(session)] == [Retired.REPLACED, None]


def test_the_installation_heard_of_longest_ago_makes_room(me):
    for n in range(LIVE_MAX + 1):
        with clock.fixed(NOW + timedelta(minutes=n)):
            assert put(me, f"phone-{n}", address=f"tokenoftheday{n}").status_code == 200
    assert live(me) == {f"phone-{n}" for n in range(1, LIVE_MAX + 1)}


def test_another_persons_device_cannot_be_removed(make_owner):
    owner, other = make_owner("owner"), make_owner("other")
    put(owner)
    assert other.delete("/v1/me/devices/phone-1").status_code == 404
    assert live(owner) == {"phone-1"}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"timezone": "Mars/Base"}, "#/timezone"),
        ({"timezone": "UTC+8"}, "#/timezone"),
        ({"address": "x" * 2_049}, "#/address"),
        ({"address": ""}, "#/address"),
        ({"address": "two words"}, "#/address"),
        ({"address": "line\n"}, "#/address"),
        ({"platform": "toaster"}, "#/platform"),
        ({"address_kind": "topic"}, "#/address_kind"),
        ({"app_version": "\x00"}, "#/app_version"),
        ({"borrower_id": "x"}, "#/borrower_id"),
    ],
)
def test_what_makes_no_sense_is_refused(me, session, changes, pointer):
    answer = put(me, **changes)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert rows(session) == []


@pytest.mark.parametrize("installation", ["x" * 129, "a%20b", "%00", "%EF%BD%90", "a%0Ab"])
def test_an_installation_id_is_a_plain_word(me, installation):
    answer = put(me, installation)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (
        422,
        "#/installation_id",
    )


def test_a_failure_of_an_old_address_does_not_retire_a_newer_one(session):
    borrower_id = make_borrower(session)
    make_device(session, borrower_id)
    failed = {"borrower_id": borrower_id, "installation_id": "phone-1"}
    why = {"reason": Retired.UNREGISTERED, "now": NOW}
    before = NOW - timedelta(seconds=1)
    assert not service.retire(session, **failed, **why, sent_at=before)
    assert service.retire(session, **failed, **why, sent_at=NOW)
    assert not service.retire(session, **failed, **why)


def test_an_address_is_found_across_a_rotation_of_look_up_keys(session):
    first, second = make_borrower(session), make_borrower(session)
    with keys(lookup=ring("first")):
        make_device(session, first)
    with keys(lookup=ring("second", "first")):
        make_device(session, second, installation_id="phone-2")
        assert queries.list_live(session, borrower_ids=[first]) == []
        make_device(session, first, address="token-of-phone-9")
        assert service.rehash(session, None, 10) == (None, 0)
    with keys(lookup=ring("third", "second")):
        after, changed = service.rehash(session, None, 1)
        assert changed == 1
        assert service.rehash(session, after, 10)[1] == 1
        names = select(DeviceLookup.key_name).distinct()
        assert session.execute(names).scalars().all() == [crypto.current_lookup_id()]


def test_the_demos_people_have_a_telephone_each_however_often_it_is_filled(session):
    people = [make_borrower(session, external_id=f"demo-{n}") for n in range(101, 121)]
    office = DemoOffice(author_id=people[0], approver_id=people[0])
    for _ in range(2):
        demo.fill(session, office, NOW)
    devices = queries.list_live(session, borrower_ids=people)
    assert len(devices) == 21
    assert {row.borrower_id for row in devices} == set(people)
    assert all(queries.open_address(row.address_cipher).startswith("fake-") for row in devices)


@pytest.mark.commits
def test_fifty_registrations_at_once_leave_one_owner(session, own_database):
    """Of one phone and one address, by two people."""
    people = [make_borrower(session, external_id=name) for name in ("one", "two")]
    session.commit()
    ready = Barrier(10)

    def register(n):
        if n < 10:
            ready.wait()
        with transaction() as own:
            make_device(
                own, people[n % 2], installation_id=f"phone-{n % 3}", address=f"token-of-{n % 4}"
            )

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(register, range(50)))
    live_rows = session.execute(queries.live()).all()
    owners = [queries.open_address(row.address_cipher) for row in live_rows]
    phones = [row.installation_id for row in live_rows]
    assert live_rows
    assert len(set(owners)) == len(owners)
    assert len(set(phones)) == len(phones)
    lookups = session.execute(select(func.count()).select_from(DeviceLookup)).scalar_one()
    assert lookups == 2 * len(live_rows)

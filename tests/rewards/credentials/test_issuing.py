"""A credential is made for its holder alone, once, and says nothing of her."""

import json
import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, literal, not_, select, update

from backend.kit import clock
from backend.kit.texts import Text
from rewards.badges.models import BadgeAward, BadgeVersion
from rewards.badges.rules import Cause
from rewards.badges.service import revoke
from rewards.credentials import audit, integrity, queries, status_list
from rewards.credentials.models import Credential, CredentialPlace
from rewards.credentials.rules import ISSUES_MAX, NEUTRAL_NAME, PLACES, day_of, public_name
from tests.clock import NOW
from tests.fixtures.api import new_key
from tests.rewards.credentials.conftest import BASE, DID

OF_DEBT = re.compile(
    r"loan|debt|pay(ment)?s?\b|instal|arrear|overdue|lend|borrow|late\b|plan|贷|款|债|欠|逾期|分期|借",
    re.IGNORECASE,
)


def verifies(session, document) -> bool:
    method = document["proof"]["verificationMethod"]
    key = queries.find_public_key(session, verification_method=method)
    return key is not None and integrity.verify(document, public_key=key)


def test_a_badge_is_signed_at_its_holders_request(holder, session):
    answer = holder.ask()
    assert answer.status_code == 201, answer.text
    document = answer.json
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert document["issuer"]["id"] == DID
    assert document["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    assert document["validFrom"] == day_of(clock.wall()).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert document["name"] == "Six in a row / 六次守约"
    subject = document["credentialSubject"]
    assert subject["achievement"]["id"] == f"{BASE}/achievements/six_in_a_row"
    assert UUID(subject["id"].removeprefix("urn:uuid:")).version == 4
    assert UUID(document["id"].removeprefix(f"{BASE}/credentials/")).version == 4
    assert verifies(session, document)
    assert list(audit.check_credentials(session)) == []
    document["name"] = "Seven in a row"
    assert not verifies(session, document)


def test_asking_again_gives_the_one_that_there_is(holder, session):
    key = new_key()
    first = holder.ask(key=key)
    replayed, again = holder.ask(key=key), holder.ask()
    assert (replayed.data, replayed.status_code) == (first.data, 201)
    assert (again.json, again.status_code) == (first.json, 200)
    assert holder.api.get(holder.path).json == first.json
    assert holder.read(first.json["id"]).json == first.json
    assert holder.api.post(holder.path).json["code"] == "idempotency-key-required"


def test_what_is_anothers_is_not_there(holder, hold):
    other = hold("bea")
    holder.issue()
    other.award_id = holder.award_id
    assert other.ask().json["code"] == "not-found"
    for answer in (
        other.api.get(other.path),
        other.api.delete(other.path),
        other.api.get(f"{other.path}/picture.svg"),
        other.api.put(f"{other.path}/share"),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "credential-unknown")
    assert holder.api.get(holder.path).status_code == 200


def test_two_badges_of_one_holder_have_nothing_in_common_that_another_has_not(holder, hold):
    one = holder.issue()
    holder.end()
    again, other = holder.issue(), hold("bea").issue()

    def values(document):
        found, rest = set(), [document]
        while rest:
            each = rest.pop()
            if isinstance(each, dict):
                rest.extend(each.values())
            elif isinstance(each, list):
                rest.extend(each)
            else:
                found.add(each)
        return found

    # What hers share, a stranger's shares as well.
    assert values(one) & values(again) <= values(other)
    assert one["credentialSubject"]["id"] != again["credentialSubject"]["id"]


@pytest.mark.parametrize("code", ["six_in_a_row", "promise_kept", "first_step"])
def test_nothing_that_is_published_says_who_she_is_or_what_she_owes(hold, session, code):
    holder = hold(code=code)
    document = holder.issue()
    page = holder.share()
    base = {"did": "/.well-known/did.json", "issuer": "/issuer", "page": page}
    urls = {name: BASE + path for name, path in base.items()} | {
        "credential": document["id"],
        "list": document["credentialStatus"]["statusListCredential"],
        "achievement": document["credentialSubject"]["achievement"]["id"],
        "picture": document["credentialSubject"]["achievement"]["image"]["id"],
        "baked": f"{BASE}{page}/picture.svg",
        "file": f"{BASE}{page}/credential.json",
    }
    private = (str(holder.id), str(holder.award_id), "ann", "Ann")
    for name, url in urls.items():
        for language in ("en", "zh-CN"):
            answer = holder.read(url, headers={"Accept-Language": language})
            assert answer.status_code == 200, (name, answer.text)
            words = re.sub(r"\bplain\b", "", answer.text)
            assert [each for each in private if re.search(rf"\b{each}\b", words)] == [], name
            assert answer.headers["X-Robots-Tag"].startswith("noindex"), name
            if name not in ("list", "did"):  # whose letters are chance's
                said = re.sub(r'"(proofValue|id|verificationMethod)":"[^"]*"', "", words)
                assert OF_DEBT.findall(re.sub(r"<style>.*?</style>", "", said, flags=re.S)) == []


def test_a_badge_that_was_taken_back_is_not_signed(holder, session):
    holder.issue()
    session.execute(
        update(BadgeAward)
        .where(BadgeAward.id == holder.award_id)
        .values(state="revoked", revoked_at=NOW, revoked_cause="payment_reversed", revoked_seq=1)
    )
    answer = holder.ask()
    assert (answer.status_code, answer.json["code"]) == (409, "award-revoked")
    [difference] = audit.check_credentials(session)
    assert "its award was taken back" in difference


def test_with_its_award_a_credential_ends(holder, session, deliver, staff_api):
    document = holder.issue()
    page = holder.share()
    url = document["credentialStatus"]["statusListCredential"]
    place = int(document["credentialStatus"]["statusListIndex"])
    before = holder.read(url)
    assert not is_set(json.loads(before.data), place)
    revoke(
        session,
        borrower_id=holder.id,
        award_id=holder.award_id,
        cause=Cause.AWARDED_IN_ERROR,
        note="A test.",
        staff_id=staff_api("risk_officer").id,
        now=NOW,
    )
    # Until it is heard, that is no difference; then the list says so.
    assert list(audit.check_credentials(session)) == []
    deliver()
    after = holder.read(url, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert is_set(json.loads(after.data), place)
    assert verifies(session, json.loads(after.data))
    assert queries.is_revoked(session, status_list=url, index=place) is True
    gone = holder.read(document["id"])
    assert (gone.status_code, gone.json["code"]) == (410, "credential-revoked")
    assert holder.public.get(page).status_code == 404
    assert holder.api.get(holder.path).status_code == 404
    assert list(audit.check_credentials(session)) == []


def is_set(document, place) -> bool:
    bits = status_list.decode(document["credentialSubject"]["encodedList"])
    assert len(bits) * 8 >= 131_072
    return status_list.is_set(bits, index=place)


def test_she_ends_it_herself_and_has_another_made(holder, session):
    first = holder.issue()
    holder.end()
    second = holder.issue()
    assert first["id"] != second["id"]
    assert holder.read(first["id"]).status_code == 410
    assert holder.read(second["id"]).status_code == 200
    causes = session.execute(select(Credential.revoked_cause).order_by(Credential.issued_at))
    assert sorted(causes.scalars(), key=str) == [None, "at_her_request"]
    holder.end()
    answer = holder.api.delete(holder.path)
    assert (answer.status_code, answer.json["code"]) == (404, "credential-unknown")
    assert list(audit.check_credentials(session)) == []


def test_nobody_uses_places_up(holder, session):
    for _ in range(ISSUES_MAX):
        holder.issue()
        holder.end()
    answer = holder.ask()
    assert (answer.status_code, answer.json["code"]) == (429, "too-many-credentials")
    assert int(answer.headers["Retry-After"]) > 0
    places = session.execute(select(CredentialPlace.place)).scalars().all()
    assert len(set(places)) == ISSUES_MAX
    assert places != sorted(places)
    with clock.fixed(NOW.replace(day=25)):
        holder.issue()


def test_a_full_list_is_followed_by_another(holder, session):
    first = holder.issue()
    assert first["credentialStatus"]["statusListCredential"].endswith("/status-lists/1")
    holder.end()
    session.execute(
        CredentialPlace.__table__.insert().from_select(
            ["list_number", "place", "credential_id"],
            select_places(session),
        )
    )
    second = holder.issue()
    assert second["credentialStatus"]["statusListCredential"].endswith("/status-lists/2")
    assert holder.public.get("/status-lists/2").status_code == 200
    for nothing in ("/status-lists/3", "/status-lists/0", "/status-lists/999999999"):
        assert holder.public.get(nothing).json["code"] == "credential-unknown"


def select_places(session):
    place = func.generate_series(0, PLACES - 1).column_valued("place")
    taken = select(CredentialPlace.place).where(CredentialPlace.list_number == 1)
    return select(literal(1), place, func.gen_random_uuid()).where(not_(place.in_(taken)))


def test_a_code_that_would_say_too_much_is_not_in_an_address(hold, publish, public_api, session):
    publish("back_on_my_loan")
    holder = hold(code="back_on_my_loan")
    document = holder.issue()
    assert "loan" not in json.dumps(document)
    achievement = document["credentialSubject"]["achievement"]
    assert holder.read(achievement["id"]).json["name"] == "Two in a row / 两次守约"
    assert holder.read(achievement["image"]["id"]).status_code == 200
    for nothing in ("back_on_my_loan", "badge-0123456789abcdef", "badge-", "badge-%00"):
        assert public_api.get(f"/achievements/{nothing}").status_code == 404


def test_what_a_name_may_not_say_a_credential_does_not(holder, session):
    name = {"en": "Loan hero", "zh-CN": "还款之星"}
    version = session.execute(
        select(BadgeVersion).where(BadgeVersion.code == "six_in_a_row", BadgeVersion.version == 1)
    ).scalar_one()
    version.document = version.document | {"name": name}
    document = holder.issue()
    assert document["name"] == f"{NEUTRAL_NAME.en} / {NEUTRAL_NAME.zh_cn}"
    assert "Loan" not in json.dumps(document)


@given(st.text(max_size=20), st.sampled_from(["overdue", "Debt", "loans", "逾期", "还款"]))
def test_no_public_name_speaks_of_debt(around, word):
    told = Text(f"{around} {word}", "守约")
    assert public_name(told) == NEUTRAL_NAME
    assert public_name(Text("Kept", told.en)) == NEUTRAL_NAME

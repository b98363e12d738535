"""What anybody may read: the issuer, its keys, badges, status lists; and for how long."""

import json
from datetime import timedelta
from uuid import UUID
from xml.etree import ElementTree

import pytest
from sqlalchemy import delete, text, update

from backend.kit import clock
from backend.kit.key_changes import KeyChangeError
from rewards.credentials import audit, published, queries
from rewards.credentials.models import CredentialLookup, CredentialPlace
from rewards.credentials.rules import KEY_REST, PLACES
from rewards.credentials.service import signers
from tests.rewards.credentials.conftest import BASE, DID
from tests.rewards.credentials.test_issuing import verifies

SVG = "{http://www.w3.org/2000/svg}"
OPEN_BADGES = "{https://purl.imsglobal.org/ob/v3p0}"


def test_each_document_has_its_type_its_age_and_a_tag(holder):
    document = holder.issue()
    achievement = document["credentialSubject"]["achievement"]
    types = {
        document["id"]: ("application/ld+json", "no-cache"),
        document["credentialStatus"]["statusListCredential"]: (
            "application/vc",
            "public, max-age=60",
        ),
        achievement["id"]: ("application/ld+json", "public, max-age=3600"),
        achievement["image"]["id"]: ("image/svg+xml", "public, max-age=3600"),
        f"{BASE}/issuer": ("application/ld+json", "public, max-age=3600"),
        f"{BASE}/.well-known/did.json": ("application/did+ld+json", "public, max-age=300"),
    }
    for url, (content_type, fresh) in types.items():
        answer = holder.read(url)
        assert answer.status_code == 200, answer.text
        assert (answer.content_type, answer.headers["Cache-Control"]) == (content_type, fresh)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = holder.read(url, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_of_an_issuer_without_keys_nothing_is_kept(public_api):
    answer = public_api.get("/.well-known/did.json")
    assert json.loads(answer.data)["verificationMethod"] == []
    assert answer.headers["Cache-Control"] == "no-cache"


def test_documents_refer_to_each_other(holder):
    document = holder.issue()
    did = json.loads(holder.read(f"{BASE}/.well-known/did.json").data)
    assert did["id"] == document["issuer"]["id"] == DID
    assert document["proof"]["verificationMethod"] in did["assertionMethod"]
    issuer = holder.read(document["issuer"]["url"]).json
    assert {k: v for k, v in issuer.items() if k != "@context"} == document["issuer"]
    achievement = document["credentialSubject"]["achievement"]
    shown = holder.read(achievement["id"]).json
    assert {k: v for k, v in shown.items() if k != "@context"} == achievement


@pytest.mark.parametrize(
    "path",
    [f"/credentials/{UUID(int=404)}", "/achievements/nothing", "/achievements/%00/picture.svg",
     "/status-lists/1", f"/shared-badges/{UUID(int=404)}", "/shared-badges/x/credential.json"],
)  # fmt: skip
def test_what_was_never_published_is_not_there(public_api, path):
    assert public_api.get(path).status_code == 404


def test_the_picture_carries_its_proof(holder):
    document = holder.issue()
    answer = holder.api.get(f"{holder.path}/picture.svg", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")
    drawing = ElementTree.fromstring(answer.text)  # noqa: S314 - our own drawing
    first, *others = list(drawing)
    assert (first.tag, first.attrib) == (f"{OPEN_BADGES}credential", {})
    assert json.loads(first.text) == document
    assert [each for each in others if each.tag.startswith(OPEN_BADGES)] == []
    assert drawing.find(f"{SVG}title").text == "六次守约"


def test_a_new_key_signs_once_everybody_may_know_it(holder, hold, session):
    old = holder.issue()
    at = clock.wall()
    name = signers.rotate(session, now=at)
    did = json.loads(holder.read(f"{BASE}/.well-known/did.json").data)
    assert [each["id"] for each in did["verificationMethod"]] == [
        f"{DID}#{name}",
        old["proof"]["verificationMethod"],
    ]
    assert signers.get_signing(session, at=at + KEY_REST / 2).name != name
    assert signers.get_signing(session, at=at + KEY_REST).name == name


def test_what_an_old_key_signed_stays_valid(holder, session):
    old = holder.issue()
    old_name = old["proof"]["verificationMethod"].partition("#")[2]
    at = clock.wall()
    signers.rotate(session, now=at - KEY_REST)
    signers.retire(session, name=old_name, now=at)
    assert verifies(session, holder.read(old["id"]).json)
    assert holder.issue() == old
    listed = json.loads(holder.read(old["credentialStatus"]["statusListCredential"]).data)
    assert listed["proof"]["verificationMethod"] != old["proof"]["verificationMethod"]
    assert verifies(session, listed)
    holder.end()
    new = holder.issue()
    assert new["proof"]["verificationMethod"] == listed["proof"]["verificationMethod"]
    assert verifies(session, new)
    seeds = {row.name: row.seed_cipher for row in queries.list_keys(session)}
    assert seeds.pop(old_name) is None
    assert None not in seeds.values()


def test_what_a_withdrawn_key_signed_ends_and_is_made_anew(holder, session):
    old = holder.issue()
    name = old["proof"]["verificationMethod"].partition("#")[2]
    at = clock.wall()
    with pytest.raises(KeyChangeError, match="nothing would sign"):
        signers.withdraw(session, name=name, now=at)
    with pytest.raises(KeyChangeError, match="rotate first"):
        signers.retire(session, name=name, now=at)
    signers.rotate(session, now=at)
    assert signers.withdraw(session, name=name, now=at) == 1
    assert holder.read(old["id"]).status_code == 410
    assert not verifies(session, old)
    assert name not in holder.read(f"{BASE}/.well-known/did.json").text
    new = holder.issue()
    assert verifies(session, new)
    assert list(audit.check_credentials(session)) == []


@pytest.mark.parametrize(
    "method", ["", DID, f"{DID}#", f"{DID}#zNothing", "did:web:other.test#{name}", "{name}",
               f"{DID}#' OR 1=1"],
)  # fmt: skip
def test_the_key_of_another_is_none_of_ours(holder, session, method):
    name = holder.issue()["proof"]["verificationMethod"].partition("#")[2]
    asked = method.replace("{name}", name)
    assert queries.find_public_key(session, verification_method=asked) is None


def test_of_a_place_that_was_never_given_nothing_is_said(holder, session):
    status = holder.issue()["credentialStatus"]
    url, place = status["statusListCredential"], int(status["statusListIndex"])
    assert queries.is_revoked(session, status_list=url, index=place) is False
    for other, index in (
        (url, (place + 1) % PLACES),
        (url, -1),
        (url, 2**70),
        (f"{BASE}/status-lists/2", place),
        (f"{BASE}/status-lists/01", place),
        ("https://other.test/status-lists/1", place),
    ):
        assert queries.is_revoked(session, status_list=other, index=index) is None


def test_the_books_find_what_was_tampered_with(holder, session):
    holder.issue()
    session.execute(update(CredentialPlace).values(revoked_at=clock.now() - timedelta(days=1)))
    session.execute(delete(CredentialLookup))
    found = list(audit.check_credentials(session))
    assert len(found) == 2
    assert "its status list says True" in found[0]
    assert "its address says otherwise" in found[1]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE credential SET document = replace(document, 'Six', 'Ten')", "not what was signed"),
        ("UPDATE credential SET document = overlay(document placing 'Q' from 1)", "not what was"),
        ("UPDATE credential_signer SET public_key = decode(repeat('07', 32), 'hex')", "is another"),
        ("UPDATE credential_signer SET seed_cipher = seed_cipher || '\\x00'", "seed was altered"),
    ],
)
def test_the_books_find_a_byte_that_was_altered(holder, session, change, told):
    holder.issue()
    assert list(audit.check_credentials(session)) == []
    session.execute(text(change))
    assert any(told in line for line in audit.check_credentials(session))


def test_the_same_revision_is_the_same_bytes_in_every_process(holder, session):
    url = holder.issue()["credentialStatus"]["statusListCredential"]
    first = holder.read(url).data
    published.forget()
    assert holder.read(url).data == first

"""What is not signed is not said: every such document is refused, and at once."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from pyld.canon import URDNA2015

from rewards.credentials import integrity, shape
from rewards.credentials.canonical import BLANK_NODES_MAX, canonical
from rewards.credentials.errors import UnreadableCredential
from rewards.credentials.linked_data import CREDENTIALS, OPEN_BADGES, SHIPPED, statements_of
from tests.rewards.credentials.formats.samples import KEY, OTHER_KEY, badge, signed
from tests.rewards.credentials.formats.tangles import TANGLES, ring

Change = Callable[[dict[str, Any]], Any]


def at(*path: str | int, value: Any) -> Change:
    """Puts a value at a place of a document."""

    def change(document: dict[str, Any]) -> None:
        for step in path[:-1]:
            document = document[step]  # type: ignore[index]
        document[path[-1]] = value  # type: ignore[index]

    return change


def _reason(document: dict[str, Any]) -> str:
    with pytest.raises(UnreadableCredential) as refused:
        integrity.read(document)
    return refused.value.reasons[0].code


ACHIEVEMENT = ("credentialSubject", "achievement")
UNSIGNED = {
    "a word of no context": (at("score", value="680"), "unknown-term"),
    "a word of another part": (at(*ACHIEVEMENT, "familyName", value="Li"), "unknown-term"),
    "a word in an issuer": (at("issuer", "licence", value="A1"), "unknown-term"),
    "a type of no context": (at("type", value=["VerifiableCredential", "Gold"]), "unknown-term"),
    "a word by its address": (at("https://schema.org/name", value="Other"), "unknown-term"),
    "a keyword": (at("@id", value="urn:x:y"), "unknown-term"),
    "a graph": (at("@graph", value=[{"name": "Other"}]), "unknown-term"),
    "something reversed": (at("@reverse", value={"issuer": {"id": "urn:x:y"}}), "unknown-term"),
    "a context further in": (at("issuer", "@context", value={"@vocab": "urn:x:"}), "unknown-term"),
    "json that hides": (at("cnf", value={"jwk": {"anything": "goes"}}), "unknown-term"),
    "a credential inside": (
        at("verifiableCredential", value={"id": "urn:x:y", "name": "Inner"}), "unknown-term",
    ),
    "nothing": (at("name", value=None), "null"),
    "an empty list": (at("evidence", value=[]), "list"),
    "a list in a list": (at("type", value=[["VerifiableCredential"]]), "list"),
    "an id that is no address": (at("id", value="badge-1"), "address"),
    "an id of another host": (at("id", value="//elsewhere.example/1"), "address"),
    "an id that is empty": (at("id", value=""), "address"),
    "an id with a statement in it": (
        at("id", value="urn:a> <urn:b> <urn:c> .\n<urn:d"), "address",
    ),
    "an id with a wide space": (at("id", value="urn:a\u2003b"), "address"),
    "a fraction": (at("name", value=0.1), "number"),
    "a whole number written as none": (at("name", value=1.0), "number"),
    "a number beyond what all readers hold": (at("name", value=2**53), "number"),
    "no number": (at("name", value=float("nan")), "number"),
    "half a character": (at("name", value="\ud800"), "character"),
    "a control character": (at("name", value="a\x07b"), "character"),
    "an unknown language": (
        at("name", value={"@value": "x", "@language": "not a tag"}), "unknown-term",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), UNSIGNED.values(), ids=UNSIGNED)
def test_what_no_signature_would_cover_is_refused_by_whoever_signs_and_whoever_checks(
    change: Change, reason: str
) -> None:
    document = signed()
    assert integrity.verify(document, public_key=KEY.public_key())
    change(document)
    assert _reason(document) == reason
    own = badge()
    change(own)
    with pytest.raises(UnreadableCredential):
        signed(own)


@pytest.mark.parametrize(
    "named",
    [
        None,
        CREDENTIALS.replace("v2", "v1"),
        OPEN_BADGES,
        [OPEN_BADGES, CREDENTIALS],
        [CREDENTIALS, OPEN_BADGES, "https://elsewhere.example/context.json"],
        [CREDENTIALS, OPEN_BADGES, {"@vocab": "urn:x:"}],
        [CREDENTIALS, CREDENTIALS],
        [],
        {"@vocab": "urn:x:"},
        [None, CREDENTIALS],
    ],
    ids=str,
)
def test_a_context_that_is_not_listed_is_refused_and_never_fetched(named: Any) -> None:
    assert _reason(signed() | {"@context": named}) == "unlisted-context"


def test_even_a_context_that_names_another_fetches_nothing() -> None:
    with pytest.raises(UnreadableCredential):
        SHIPPED.load("https://elsewhere.example/context.json")


CHANGES = {
    "its name": at("name", value="Another badge"),
    "its issuer's": at("issuer", "name", value="Goodfaith."),
    "whose it is": at("credentialSubject", "id", value="urn:uuid:00000000-0000-4000-8000-0"),
    "its place": at("credentialStatus", "statusListIndex", value="1"),
    "what for": at(*ACHIEVEMENT, "criteria", "narrative", value="More."),
    "until when": at("validUntil", value="2030-01-01T00:00:00Z"),
    "when it was signed": at("proof", "created", value="2026-11-02T00:00:00Z"),
    "by which key": at("proof", "verificationMethod", value="did:web:badges.example#other"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_word_breaks_the_signature(change: Change) -> None:
    document = signed()
    change(document)
    assert not integrity.verify(document, public_key=KEY.public_key())


def test_another_key_did_not_sign_it() -> None:
    assert not integrity.verify(signed(), public_key=OTHER_KEY.public_key())


@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"proofValue": "zz"},
        {"proofValue": "not base58 0OIl"},
        {"proofValue": "z" + "1" * 100_000},
        {"proofValue": "uAAAA"},
        {"cryptosuite": "eddsa-jcs-2022"},
        {"proofPurpose": "authentication"},
        {"type": "Ed25519Signature2020"},
        {"previousProof": ["urn:x:y"]},
    ],
    ids=lambda proof: str(proof)[:40],
)
def test_a_proof_of_another_kind_proves_nothing(proof: dict[str, Any]) -> None:
    document = signed()
    document["proof"] = document["proof"] | proof if proof else []
    if proof:
        assert not integrity.verify(document, public_key=KEY.public_key())
    else:
        assert _reason(document) == "list"


def test_the_method_whose_calls_are_counted_is_where_pyld_still_begins() -> None:
    """Fails at once, where the graphs below would not end, when a later PyLD goes another way."""
    called = []

    class Watched(URDNA2015):
        def create_hash_to_related(self, id_: str, issuer: Any) -> Any:
            called.append(id_)
            return super().create_hash_to_related(id_, issuer)

    contexts = {"@context": [CREDENTIALS, OPEN_BADGES]}
    Watched().main(statements_of(contexts | ring(4, 1)), {"format": "application/n-quads"})
    assert len(called) > 4


@pytest.mark.parametrize("tangle", TANGLES.values(), ids=TANGLES)
def test_a_graph_made_to_take_for_ever_is_refused_at_once(tangle: Any) -> None:
    document = {"@context": [CREDENTIALS, OPEN_BADGES], **tangle()}
    began = time.thread_time()
    assert _reason(document) == "too-tangled"
    # Of this thread's own work: other people's does not count. It is a tenth of that.
    assert time.thread_time() - began < 1


def test_a_badge_with_parts_without_ids_is_not_too_tangled() -> None:
    document = badge()
    document["credentialSubject"]["achievement"]["alignment"] = [
        {"type": "Alignment", "targetName": f"Aim {n}", "targetUrl": f"https://aims.example/{n}"}
        for n in range(BLANK_NODES_MAX - 1)
    ]
    assert canonical(document).count(b"\n") > 3 * BLANK_NODES_MAX
    assert integrity.verify(signed(document), public_key=KEY.public_key())


@pytest.mark.parametrize("count", [shape.VALUES_MAX, 30_000])
def test_a_document_of_very_many_values_is_refused_unread(count: int) -> None:
    document = badge()
    document["credentialSubject"]["achievement"]["tag"] = [f"t{n}" for n in range(count)]
    began = time.thread_time()
    assert _reason(document) == "too-many-values"
    assert time.thread_time() - began < 1


@pytest.mark.parametrize("depth", [shape.DEPTH_MAX + 1, 1_000])
def test_a_deep_document_is_refused(depth: int) -> None:
    inner: Any = "urn:x:y"
    for _ in range(depth):
        inner = {"evidence": inner}
    assert _reason(badge() | inner) == "too-deep"


@pytest.mark.parametrize("value", [[], "badge", 1, None, True])
def test_a_credential_is_an_object(value: Any) -> None:
    assert _reason(value) == "not-an-object"

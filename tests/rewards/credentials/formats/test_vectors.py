"""Byte for byte what the Open Badges guide and the W3C's specification publish."""

import hashlib
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rewards.credentials import integrity, keys
from rewards.credentials.canonical import canonical
from tests.rewards.credentials.formats.samples import (
    GUIDE,
    JSONLD_JS,
    W3C,
    load,
    w3c_key,
    with_examples,
)


def _sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def test_the_open_badges_guide_is_canonical_hashed_and_signed_as_published() -> None:
    vector = load(GUIDE / "vector.json")
    document, options = vector["credential"], vector["proof_options"]
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["seed_hex"]))

    of_document = canonical(document)
    of_options = canonical({"@context": document["@context"], **options})
    assert of_document == (GUIDE / "document-canon.txt").read_bytes()
    assert of_options == (GUIDE / "proof-canon.txt").read_bytes()
    assert _sha256(of_document) == vector["document_hash_hex"]
    assert _sha256(of_options) == vector["proof_hash_hex"]

    signed = integrity.sign(
        document,
        key=key,
        verification_method=options["verificationMethod"],
        created=datetime.fromisoformat(options["created"]),
    )
    assert signed["proof"] == {**options, "proofValue": vector["proof_value"]}
    assert integrity.verify(signed, public_key=key.public_key())
    assert keys.multikey(key.public_key()) == vector["public_key_multibase"]
    assert key.public_key().public_bytes_raw().hex() == vector["public_key_hex"]


def test_the_example_of_the_w3c_is_canonical_hashed_and_signed_as_published() -> None:
    contexts, key = with_examples(), w3c_key()
    document, options = load(W3C / "unsigned.json"), load(W3C / "proofConfigDataInt.json")

    of_document = canonical(document, contexts=contexts)
    of_options = canonical(options, contexts=contexts)
    assert of_document == (W3C / "canonDocDataInt.txt").read_bytes()
    assert of_options == (W3C / "proofCanonDataInt.txt").read_bytes()
    assert _sha256(of_document) == (W3C / "docHashDataInt.txt").read_text()
    assert _sha256(of_options) == (W3C / "proofHashDataInt.txt").read_text()

    signed = integrity.sign(
        document,
        key=key,
        verification_method=options["verificationMethod"],
        created=datetime.fromisoformat(options["created"]),
        contexts=contexts,
    )
    assert signed == load(W3C / "signedDataInt.json")
    read = integrity.read(signed, contexts=contexts)
    assert read is not None
    assert read.hashed.hex() == (W3C / "combinedHashDataInt.txt").read_text()
    assert read.signature.hex() == (W3C / "sigHexDataInt.txt").read_text()
    assert read.is_by(keys.read_multikey(load(W3C / "keyPair.json")["publicKeyMultibase"]))


def test_another_implementation_makes_the_same_canonical_form_of_a_badge_of_ours() -> None:
    ours = canonical(load(JSONLD_JS / "badge.json"))
    assert ours == (JSONLD_JS / "canonical.txt").read_bytes()

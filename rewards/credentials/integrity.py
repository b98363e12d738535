"""Data Integrity proofs of cryptosuite `eddsa-rdfc-2022` [W3C vc-di-eddsa].

Signed are 64 bytes: SHA-256 of the canonical proof options, which carry the document's `@context`,
then SHA-256 of the canonical document without its proof.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rewards.credentials import shape
from rewards.credentials.canonical import canonical
from rewards.credentials.keys import BASE58_BTC
from rewards.credentials.linked_data import SHIPPED, Contexts

TYPE = "DataIntegrityProof"
SUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"
SIGNATURE_BYTES = 64
SIGNATURE_LENGTH_MAX = 89  # in base58 with its prefix; what is longer is not even decoded


def sign(
    document: Mapping[str, Any],
    *,
    key: Ed25519PrivateKey,
    verification_method: str,
    created: datetime,
    contexts: Contexts = SHIPPED,
) -> dict[str, Any]:
    """The document with its proof. Refuses: UnreadableCredential (not all would be signed)."""
    options = {
        "type": TYPE,
        "cryptosuite": SUITE,
        "created": written_at(created),
        "verificationMethod": verification_method,
        "proofPurpose": PURPOSE,
    }
    signature = key.sign(_hashed(document, options, contexts=contexts))
    value = BASE58_BTC + base58.b58encode(signature).decode()
    return {**_unsigned(document), "proof": {**options, "proofValue": value}}


@dataclass(frozen=True)
class Signed:
    """What a proof claims: this key signed this. Nothing of it is verified yet."""

    verification_method: str
    hashed: bytes
    signature: bytes

    def is_by(self, public_key: Ed25519PublicKey) -> bool:
        """Whether this key made the signature."""
        try:
            public_key.verify(self.signature, self.hashed)
        except InvalidSignature:
            return False
        return True


def read(document: Mapping[str, Any], *, contexts: Contexts = SHIPPED) -> Signed | None:
    """What a document's proof claims, or None without one of this suite and purpose.

    Refuses: UnreadableCredential, whatever its proof is.
    """
    shape.check(document)
    options = dict(_proof_of(document) or {})
    value = options.pop("proofValue", None)
    if value is None:
        canonical(_unsigned(document), contexts=contexts)
        return None
    return Signed(
        verification_method=options["verificationMethod"],
        hashed=_hashed(document, options, contexts=contexts),
        signature=_signature(value),
    )


def verify(
    document: Mapping[str, Any], *, public_key: Ed25519PublicKey, contexts: Contexts = SHIPPED
) -> bool:
    """Whether this key signed all that the document says. Refuses: UnreadableCredential.

    Whose key it is, the caller knows: by the proof's `verificationMethod`, which is signed too.
    """
    signed = read(document, contexts=contexts)
    return signed is not None and signed.is_by(public_key)


def written_at(moment: datetime) -> str:
    """An instant as XML Schema writes it, to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _hashed(
    document: Mapping[str, Any], options: Mapping[str, Any], *, contexts: Contexts
) -> bytes:
    said = {"@context": document.get("@context"), **options}
    return b"".join(
        hashlib.sha256(canonical(each, contexts=contexts)).digest()
        for each in (said, _unsigned(document))
    )


def _proof_of(document: Mapping[str, Any]) -> dict[str, str] | None:
    proof = document.get("proof")
    if not isinstance(proof, dict) or not all(isinstance(each, str) for each in proof.values()):
        return None
    said = (proof.get("type"), proof.get("cryptosuite"), proof.get("proofPurpose"))
    if said != (TYPE, SUITE, PURPOSE) or not {"verificationMethod", "proofValue"} <= proof.keys():
        return None
    return proof


def _unsigned(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


def _signature(value: str) -> bytes:
    """The bytes of a `proofValue`; none where it holds no signature."""
    if len(value) > SIGNATURE_LENGTH_MAX or not value.startswith(BASE58_BTC):
        return b""
    try:
        return bytes(base58.b58decode(value.removeprefix(BASE58_BTC)))
    except ValueError:
        return b""

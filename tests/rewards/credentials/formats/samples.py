"""A badge of ours, the published vectors, and keys."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rewards.credentials import documents, integrity, keys
from rewards.credentials.linked_data import CREDENTIALS, FOLDER, Contexts

VECTORS = Path(__file__).parent / "vectors"
GUIDE = VECTORS / "open_badges_impl_guide"
JSONLD_JS = VECTORS / "jsonld_js"
W3C = VECTORS / "w3c_eddsa_rdfc_2022"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"

DID = "did:web:badges.example"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
METHOD = keys.method_id(DID, KEY.public_key())
LIST_URL = "https://badges.example/status-lists/1"
INDEX = 94_567
AT = datetime(2026, 11, 1, tzinfo=UTC)


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def with_examples() -> Contexts:
    """The contexts that the W3C's vectors name."""
    return Contexts(
        {
            CREDENTIALS: load(FOLDER / "credentials-v2.json"),
            EXAMPLES: load(VECTORS / "credentials-examples-v2.json"),
        }
    )


def w3c_key() -> Ed25519PrivateKey:
    """Its secret key is a multikey too: two bytes of codec, then the seed."""
    written = load(W3C / "keyPair.json")["privateKeyMultibase"]
    return Ed25519PrivateKey.from_private_bytes(base58.b58decode(written[1:])[2:])


def badge() -> dict[str, Any]:
    return documents.credential(
        address="https://badges.example/credentials/0d6f3a1e",
        issuer=documents.issuer(did=DID, name="Goodfaith", url="https://badges.example/issuer"),
        subject_id="urn:uuid:5f4a5c0e-6f7d-4a57-9f0e-0c8f5d1b7a11",
        achievement=documents.achievement(
            address="https://badges.example/achievements/promise_kept",
            name="Promise kept / 守诺",
            description="For a word that was kept. / 说到做到。",
            criteria="A word was given, and kept. / 许下诺言，并做到了。",
            image_url="https://badges.example/achievements/promise_kept/picture.svg",
        ),
        valid_from=AT,
        status=documents.StatusPlace(list_url=LIST_URL, index=INDEX),
    )


def signed(document: dict[str, Any] | None = None) -> dict[str, Any]:
    return integrity.sign(document or badge(), key=KEY, verification_method=METHOD, created=AT)

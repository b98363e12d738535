"""The documents of credentials, without their proofs: plain values in, JSON out.

Every thing in them has an id of its own, but for the criteria of an achievement: so a badge has one
blank node, and its canonical form costs nothing worth counting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rewards.credentials.integrity import written_at
from rewards.credentials.keys import method_id, multikey
from rewards.credentials.linked_data import CREDENTIALS, OPEN_BADGES

DID_CONTEXTS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
STATUS_ENTRY = "BitstringStatusListEntry"
REVOCATION = "revocation"


@dataclass(frozen=True)
class StatusPlace:
    """Where a credential's bit stands: the address of its list, and its place in it."""

    list_url: str
    index: int


def did_web(address: str) -> str:
    """The DID of whoever owns an address [did:web]: its host and path; a port is written %3A."""
    parts = urlsplit(address)
    path = [quote(each) for each in parts.path.split("/") if each]
    return ":".join(("did:web", quote(parts.netloc, safe=""), *path))


def did_document(did: str, *, public_keys: Sequence[Ed25519PublicKey]) -> dict[str, Any]:
    """What a DID stands for: every key whose signatures hold, those of former times too."""
    methods = [
        {
            "id": method_id(did, key),
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": multikey(key),
        }
        for key in public_keys
    ]
    return {
        "@context": list(DID_CONTEXTS),
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [each["id"] for each in methods],
    }


def issuer(*, did: str, name: str, url: str) -> dict[str, Any]:
    """Who issues, as a Profile of Open Badges; `with_contexts` makes a document of it."""
    return {"id": did, "type": ["Profile"], "name": name, "url": url}


def achievement(
    *, address: str, name: str, description: str, criteria: str, image_url: str | None = None
) -> dict[str, Any]:
    """What was achieved. Everybody who has it has the same; nobody's data is in it.

    Open Badges has one string for each text: all its languages stand in it.
    """
    shown = {"image": {"id": image_url, "type": "Image"}} if image_url else {}
    return {
        "id": address,
        "type": ["Achievement"],
        "name": name,
        "description": description,
        "criteria": {"narrative": criteria},
        **shown,
    }


def with_contexts(part: dict[str, Any]) -> dict[str, Any]:
    """An issuer's or achievement's own document, as its address serves it."""
    return {"@context": [CREDENTIALS, OPEN_BADGES], **part}


def credential(
    *,
    address: str,
    issuer: dict[str, Any],
    subject_id: str,
    achievement: dict[str, Any],
    valid_from: datetime,
    status: StatusPlace,
) -> dict[str, Any]:
    """A badge, to be signed. `subject_id` stands for its holder in this badge and nowhere else."""
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": issuer,
        "validFrom": written_at(valid_from),
        "name": achievement["name"],
        "credentialSubject": {
            "id": subject_id,
            "type": ["AchievementSubject"],
            "achievement": achievement,
        },
        "credentialStatus": {
            "id": f"{status.list_url}#{status.index}",
            "type": STATUS_ENTRY,
            "statusPurpose": REVOCATION,
            "statusListIndex": str(status.index),
            "statusListCredential": status.list_url,
        },
    }


def status_list_credential(
    *, list_url: str, did: str, encoded: str, valid_from: datetime
) -> dict[str, Any]:
    """A list of revocations, to be signed. `encoded` is of `status_list.encode`."""
    return {
        "@context": [CREDENTIALS],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": written_at(valid_from),
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": REVOCATION,
            "encodedList": encoded,
        },
    }

"""Documents in the issuer's name: addresses, words and signature joined."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.kit.texts import Text
from rewards.credentials import documents, integrity, origin
from rewards.credentials.queries import STATUS_LISTS
from rewards.credentials.rules import CRITERIA, DESCRIPTION, public_code, public_name

# The lender's own name would say what the holder's business with her is.
NAME = "Goodfaith"


@dataclass(frozen=True)
class Words:
    """What an achievement says, each in both languages: a wallet shows one text to everybody."""

    name: str
    description: str
    criteria: str


def words_of(badge: Mapping[str, Any]) -> Words:
    """The public words of a badge's definition."""
    said = (public_name(Text.from_json(badge["name"])), DESCRIPTION, CRITERIA)
    return Words(*(f"{each.en} / {each.zh_cn}" for each in said))


def credential_url(credential_id: UUID) -> str:
    """The id of a credential, and where it is served."""
    return f"{origin.get_base()}/credentials/{credential_id}"


def list_url(number: int) -> str:
    """The id of a status list, and where it is served."""
    return f"{origin.get_base()}{STATUS_LISTS}{number}"


def share_url(share_id: UUID) -> str:
    """Where a holder's page is, for people."""
    return f"{origin.get_base()}/shared-badges/{share_id}"


def achievement(code: str, badge: Mapping[str, Any]) -> dict[str, Any]:
    """A badge as an achievement, without its contexts."""
    words = words_of(badge)
    address = f"{origin.get_base()}/achievements/{public_code(code)}"
    return documents.achievement(
        address=address,
        name=words.name,
        description=words.description,
        criteria=words.criteria,
        # Our own picture of a badge speaks of payments to whoever listens to it.
        image_url=f"{address}/picture.svg",
    )


def profile() -> dict[str, Any]:
    """The issuer, without contexts."""
    url = f"{origin.get_base()}/issuer"
    return documents.issuer(did=origin.get_did(), name=NAME, url=url)


def sign(
    document: dict[str, Any], *, name: str, private_key: Ed25519PrivateKey, created: datetime
) -> dict[str, Any]:
    """A document of ours with its proof, by the key of this name."""
    return integrity.sign(
        document, key=private_key, verification_method=origin.method_of(name), created=created
    )

"""The issuer's own keys and lists, as the check of a credential asks for them."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from rewards.credentials import origin, queries


class OwnRegister:
    """`checking.Register` from our tables."""

    def __init__(self, session: Session) -> None:
        self.did = origin.get_did()
        self._session = session

    def find_public_key(self, verification_method: str) -> Ed25519PublicKey | None:
        """A key that is published, by its full name."""
        return queries.find_public_key(self._session, verification_method=verification_method)

    def is_revoked(self, status_list: str, index: int) -> bool | None:
        """Whether a place of one of our lists is revoked; None where it was not given out."""
        return queries.is_revoked(self._session, status_list=status_list, index=index)

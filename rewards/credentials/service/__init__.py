"""What changes credentials: made, ended, shown to others, and the keys that sign them."""

from backend.kit.wiring import SealedColumn
from rewards.credentials.service.issuing import issue
from rewards.credentials.service.revoking import revoke, revoke_of_awards
from rewards.credentials.service.sharing import close_share, get_share, open_share
from rewards.credentials.service.signers import SEED_CONTEXT

__all__ = [
    "SEALED",
    "close_share",
    "get_share",
    "issue",
    "open_share",
    "revoke",
    "revoke_of_awards",
]

SEALED = (SealedColumn("credential_signer", "seed_cipher", context=SEED_CONTEXT),)

"""What changes the catalogue. One verb for each use case; none of them commits."""

from rewards.catalogue.service.codes import (
    HASHED,
    import_codes,
    reveal_codes,
    withdraw_expired,
)
from rewards.catalogue.service.codes import SEALED as _CODES
from rewards.catalogue.service.fulfilment import advance, fail_unclaimed
from rewards.catalogue.service.items import create_item, edit_item
from rewards.catalogue.service.redemptions import SEALED as _ADDRESSES
from rewards.catalogue.service.redemptions import cancel, claim, redeem

SEALED = (*_CODES, *_ADDRESSES)

__all__ = [
    "HASHED",
    "SEALED",
    "advance",
    "cancel",
    "claim",
    "create_item",
    "edit_item",
    "fail_unclaimed",
    "import_codes",
    "redeem",
    "reveal_codes",
    "withdraw_expired",
]

"""The signature of a quote: proof that we said exactly this, and nobody changed it since.

The digest of what was quoted, sealed under the installation's field key (AES-GCM, so it cannot be
made without the key). Rotation seals it anew like any column, so it outlives every key.
"""

from collections.abc import Mapping
from typing import Any

from backend.kit import crypto
from backend.kit.crypto import UnreadableError
from backend.kit.wiring import SealedColumn
from backend.plan_quotes.models import PlanQuote
from backend.plan_quotes.rules import digest_of, rows_hash

CONTEXT = "plan_quote.signature"
SEALED = (SealedColumn(table=PlanQuote.__tablename__, column="signature", context=CONTEXT),)
_SIGNED = (
    "id", "borrower_id", "loan_id", "loan_external_id", "kind", "terms", "currency", "rows_hash",
    "basis", "first_installment_minor", "total_cost_minor", "versus_now_minor",
    "versus_payoff_minor",
)  # fmt: skip


def sign(quote: Mapping[str, Any]) -> bytes:
    """The signature of a quote's fields."""
    return crypto.encrypt_bytes(_digest(quote), context=CONTEXT)


def is_signed(quote: Mapping[str, Any], signature: bytes) -> bool:
    """Whether it is the signature of exactly these fields, rows included."""
    told = rows_hash(
        loan_external_id=quote["loan_external_id"],
        currency=quote["currency"],
        rows=quote["rows"],
        waivers=quote["waivers"],
    )
    try:
        signed = crypto.decrypt_bytes(signature, context=CONTEXT)
    except UnreadableError:
        return False
    return told == quote["rows_hash"] and signed == _digest(quote)


def _digest(quote: Mapping[str, Any]) -> bytes:
    content = {name: quote[name] for name in _SIGNED}
    for name in ("id", "borrower_id", "loan_id"):
        content[name] = str(content[name])
    content["expires_at"] = round(quote["expires_at"].timestamp() * 1_000_000)
    return digest_of(content)

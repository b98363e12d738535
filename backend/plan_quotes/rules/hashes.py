"""Digests of what is quoted: the same content gives the same digest, whoever writes it down.

Canonical JSON as RFC 8785 has it for what stands here: sorted ASCII names, whole numbers, texts.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

ROW_FIELDS = (
    "number", "due_on", "principal_minor", "interest_minor", "fee_minor", "penalty_minor",
)  # fmt: skip


def digest_of(content: Mapping[str, Any]) -> bytes:
    """SHA-256 of the content as canonical JSON. Days and instants are texts by then."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def rows_hash(
    *,
    loan_external_id: str,
    currency: str,
    rows: Sequence[Mapping[str, Any]],
    waivers: Sequence[Mapping[str, Any]],
) -> str:
    """What the core system is told to book, in one value it can reckon itself."""
    plain = [{name: row[name] for name in ROW_FIELDS} for row in rows]
    content = {
        "loan": loan_external_id,
        "currency": currency,
        "rows": sorted(plain, key=lambda row: row["number"]),
        "waivers": sorted(waivers, key=lambda waiver: waiver["period"]),
    }
    return digest_of(content).hex()

"""What may be quoted, for how much, and who decides on it. Pure."""

from backend.plan_quotes.rules.hashes import ROW_FIELDS, digest_of, rows_hash
from backend.plan_quotes.rules.kinds import Kind

__all__ = ["ROW_FIELDS", "Kind", "digest_of", "rows_hash"]

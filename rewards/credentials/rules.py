"""What a credential may say, how many there may be, and why one ends. Pure."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from backend.kit.texts import Text

PLACES = (
    131_072  # bits of a status list [Bitstring Status List 1.0, 16 KiB: the least there may be]
)
# Drawn at random. Where all of these are taken a list is, most likely, about 60 % full, and the
# next one is begun; so no count of it is kept, which everybody would have to lock.
DRAWS = 16
# A new key is published at once and signs once nobody holds the list of keys from before it.
KEYS_FRESH_SECONDS = 300
KEY_REST = timedelta(seconds=2 * KEYS_FRESH_SECONDS)
# Each takes a place that nobody has afterwards.
ISSUES_MAX = 10
ISSUES_WITHIN = timedelta(hours=24)


class Cause(StrEnum):
    """Why a credential is live no more."""

    AWARD_REVOKED = "award_revoked"
    AT_HER_REQUEST = "at_her_request"
    KEY_WITHDRAWN = "key_withdrawn"


# Whoever is shown a badge learns that a word was kept, and not that it was a borrower's.
_OF_DEBT = re.compile(
    r"arrear|overdue|past.?due|delinquen|default|debt|lend|loan|borrow|credit|instal+ment|repay"
    r"|payment|\bpa(y|ys|id|ying|yer|yoff)\b|\bow(e|ed|es|ing)\b|\blate\b|\bplan\b|waive|interest"
    r"|逾期|欠|违约|拖|催|债|负债|老赖|失信|贷|借|还款|还清|分期|期款|利息|减免|方案",
    re.IGNORECASE,
)
# No code of a badge has a hyphen in it.
OPAQUE = "badge-"
OPAQUE_DIGITS = 16
NEUTRAL_NAME = Text("A word kept", "守约徽章")
DESCRIPTION = Text(
    "Given for a word that was given and kept.",
    "授予说到做到、信守承诺的人。",
)
CRITERIA = Text(
    "The issuer gives this badge by published rules, the same for everybody, once they are met.",
    "发行方按照公开且人人相同的规则，在条件达成时颁发此徽章。",
)


def speaks_of_debt(words: str) -> bool:
    """Whether words would tell a stranger what the holder's business with the issuer is."""
    return _OF_DEBT.search(words) is not None


def public_name(name: Text) -> Text:
    """A badge's name as a credential bears it: a neutral one where its own would tell too much."""
    return NEUTRAL_NAME if speaks_of_debt(name.en) or speaks_of_debt(name.zh_cn) else name


def public_code(code: str) -> str:
    """A badge's code in addresses: one that says nothing where its own would say too much."""
    if not speaks_of_debt(code.replace("_", " ")):
        return code
    return f"{OPAQUE}{hashlib.sha256(code.encode()).hexdigest()[:OPAQUE_DIGITS]}"


def day_of(at: datetime) -> datetime:
    """The start of its day: by the minute two credentials of one holder could be told together."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def may_sign(*, created_at: datetime, at: datetime) -> bool:
    """Whether every copy of the list of keys has this one in it."""
    return at - created_at >= KEY_REST

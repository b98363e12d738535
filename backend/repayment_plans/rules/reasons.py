"""Why a plan is asked for: a closed list, in kind words."""

from backend.benefits.reasons import SENSITIVE, Reason

# `other` names nothing that a document could show.
NEEDS_DOCUMENT = frozenset(Reason) - {Reason.OTHER}


def needs_document(reason: Reason, *, is_first_relief: bool) -> bool:
    """Whether a verified document is needed before the product may agree by itself."""
    if reason in SENSITIVE:
        return not is_first_relief
    return reason in NEEDS_DOCUMENT

"""Why somebody looks at a borrower: said once, kept for her day's work with that borrower."""

from uuid import UUID

from flask import Response, request

from backend.kit.console.kept import find_kept, keep

COOKIE = "goodfaith_purpose"
KEPT_SECONDS = 12 * 3600
BORROWERS_MAX = 20


def purpose(borrower_id: UUID | None = None) -> str | None:
    """What `?purpose=` says, else what was kept for her; None when she has to be asked.

    Without an id it is that of the address (`<uuid:borrower_id>`).
    """
    asked = request.args.get("purpose")
    if asked:
        return asked
    who = borrower_id or (request.view_args or {}).get("borrower_id")
    kept = find_kept(COOKIE)
    found = kept.get(str(who)) if isinstance(kept, dict) else None
    return found if isinstance(found, str) else None


def keep_purpose(response: Response, *, borrower_id: UUID, named: str) -> Response:
    """Let it be known for this borrower until the session ends; answers the response."""
    kept = find_kept(COOKIE)
    others = {k: v for k, v in kept.items() if k != str(borrower_id)} if kept else {}
    latest = dict(list(others.items())[-(BORROWERS_MAX - 1) :]) | {str(borrower_id): named}
    keep(response, COOKIE, latest, max_age=KEPT_SECONDS)
    return response

"""What is asked of credentials by their holders and by anybody, for tests of plans."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tests.factories.credentials import make_award
from tests.fixtures.api import Api, new_key


def credential_calls(me: Api, public_api: Api, session: Session) -> tuple[Callable[[], Any], ...]:
    """A second badge of hers: signed, shown, read by others, and ended."""
    award_id = make_award(session, UUID(str(me.id)), code="first_step")
    path = f"/v1/me/badges/{award_id}/credential"
    page: list[str] = []

    def share() -> Any:
        answer = me.put(f"{path}/share")
        page.append(answer.json["url"].partition(".test")[2])
        return answer

    return (
        lambda: me.post(path, headers=new_key()),
        lambda: me.get(path),
        share,
        lambda: me.get(f"{path}/share"),
        lambda: public_api.get(page[0]),
        lambda: public_api.get(f"{page[0]}/picture.svg"),
        lambda: public_api.get(me.get(path).json["id"].partition(".test")[2]),
        lambda: public_api.get("/.well-known/did.json"),
        lambda: public_api.get("/achievements/first_step"),
        *(lambda n=n: public_api.get(f"/status-lists/{n}") for n in (1, 3)),
        lambda: me.delete(f"{path}/share"),
        lambda: me.delete(path),
    )

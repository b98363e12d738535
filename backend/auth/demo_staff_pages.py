"""`/demo/staff`: who can log in to the demo's console, for whoever sits at this machine."""

from flask import Response

from backend.auth.wording import DEMO_STAFF
from backend.kit import clock, console, rate_limit
from backend.kit.addresses import is_from_this_machine
from backend.kit.db import transaction
from backend.kit.problems import NotFound
from backend.staff import demo
from backend.staff.wording import ROLES

blp = console.public_page_blueprint(
    "demo_staff", __name__, url_prefix="/demo/staff", rate=rate_limit.PUBLIC
)


@blp.get("")
def show() -> Response:
    """Addresses, the password, the codes of this moment. To others than this machine: not there."""
    if not is_from_this_machine():
        raise NotFound
    with transaction() as session:
        rows = demo.list_demo_staff(session, now=clock.wall())
        roles = demo.list_roles(session)
    return console.render(
        "auth/demo_staff.html",
        title=DEMO_STAFF["title"],
        said_here=DEMO_STAFF,
        password=demo.DEMO_PASSWORD,
        people=[(row.email, sorted(roles.get(row.id, [])), code) for row, code in rows],
        roles=ROLES,
    )

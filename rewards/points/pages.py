"""The page of the earn rules: what is in force, what comes, and what waits for a second person."""

from flask import Response, request

from backend.kit import clock, console
from backend.kit.console import Area, Entry, permits
from backend.kit.db import reading
from backend.kit.problems import Problem
from backend.kit.programme_zone import programme_day
from rewards.points import queries
from rewards.points.books import get_book
from rewards.points.pages_wording import KINDS, PARAMETERS, RULES
from rewards.points.service.earn_rules import publish_rules

HERE = "/console/earn-rules"
VERSIONS_SHOWN = 20

blp = console.page_blueprint(
    "earn_rules",
    __name__,
    url_prefix=HERE,
    permission="points.read",
    menu=(Entry(Area.MARKETING, RULES["title"], HERE, order=50),),
)


@blp.get("")
def show() -> Response:
    return _page()


@blp.post("/<int(max=2147483647):version>/publish")
@permits("points.publish", is_four_eyes=True)
def publish(version: int) -> Response:
    now = clock.now()
    try:
        console.once(
            lambda session: publish_rules(
                session,
                version=version,
                publisher_id=console.caller().id,
                today=programme_day(now),
                now=now,
            )
        )
    except Problem as problem:
        return _page(problem)
    return console.done(HERE, RULES["published"])


def _page(problem: Problem | None = None) -> Response:
    args = {"limit": VERSIONS_SHOWN, "cursor": request.args.get("cursor")}
    today = programme_day(clock.now())
    with reading() as session:
        page = queries.page_rule_versions(session, args=args)
        begun = get_book(session).in_force(today)
    return console.render(
        "points/earn_rules.html",
        title=RULES["title"],
        said_here=RULES,
        kinds=KINDS,
        parameters=PARAMETERS,
        here=HERE,
        page=page,
        cursor=args["cursor"],
        in_force=begun.version if begun is not None else None,
        today=today,
        may_publish="points.publish" in console.signed_in().permissions,
        problem=problem,
    )

"""Tier policies in the console: versions, what changes between two, publishing by another."""

from typing import Any

from flask import Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit import clock, console
from backend.kit.console import Area, Entry, caller, permits
from backend.kit.db import AnyRow, reading
from backend.kit.paging import PageArgs
from backend.kit.problems import Problem
from backend.profile import queries as profile
from backend.staff import queries as staff
from backend.tiers import queries, sentences, service, staff_view
from backend.tiers.page_words import TITLE, WORDS
from backend.tiers.policies import get_live_version

URL = "/console/tier-policies"
VERSION = "<int(max=2147483647):version>"
RUNS_SHOWN = 7
TO_COMPARE_MAX = 100

blp = console.page_blueprint(
    "tiers",
    __name__,
    url_prefix=URL,
    permission="tiers.read",
    menu=(Entry(Area.RISK, TITLE, URL, order=10),),
)


@blp.get("")
def versions() -> Response:
    args = PageArgs().load({k: v for k, v in request.args.items() if k == "cursor"})
    with reading() as session:
        found = queries.page_policies(session, args=args)
        runs = staff_view.page_runs(session, args={"limit": RUNS_SHOWN, "cursor": None})
        live = get_live_version(session)
    return console.render(
        "tiers/versions.html",
        title=TITLE,
        say=WORDS,
        found=found,
        runs=runs.items,
        live=live,
        next_url=f"{URL}?cursor={found.next_cursor}" if found.next_cursor else None,
    )


@blp.get(f"/{VERSION}")
def policy(version: int) -> Response:
    return _show(version)


def _show(version: int, *, problem: Problem | None = None) -> Response:
    with reading() as session:
        row = queries.get_policy_row(session, version=version)
        live = get_live_version(session)
        against = _compared_with(session, row, live=live)
        facts = profile.get_catalogue(session, with_retired=True).facts
        lines = sentences.lines_of(row.document, facts=facts)
        before = None
        if against is not None:
            before = sentences.lines_of(against.document, facts=facts)
        others = queries.page_policies(session, args={"limit": TO_COMPARE_MAX, "cursor": None})
        people = _names(session, row)
    return console.render(
        "tiers/policy.html",
        title=WORDS["version_n"].format(n=version),
        problem=problem,
        say=WORDS,
        row=row,
        live=live,
        people=people,
        is_mine=row.author_id == caller().id,
        lines=lines,
        against=against,
        changes=None if before is None else sentences.compare(before, lines),
        others=[each.version for each in others.items if each.version != version],
    )


def _names(session: Session, row: AnyRow) -> dict[Any, str]:
    """What author and publisher are called; who is called nothing is known by an id."""
    names = staff.select_names().subquery("names")
    wanted = [each for each in (row.author_id, row.publisher_id) if each is not None]
    found = session.execute(select(names).where(names.c.staff_id.in_(wanted)))
    return {each: str(each) for each in wanted} | {
        each.staff_id: each.display_name for each in found
    }


def _compared_with(session: Session, row: AnyRow, *, live: int) -> Any:
    """The version that was asked for; without a word that which is live, or was before it."""
    asked = request.args.get("against", "")
    if asked.isascii() and asked.isdecimal() and len(asked) < len("2147483647"):
        return queries.get_policy_row(session, version=int(asked))
    if row.version != live:
        return queries.get_policy_row(session, version=live)
    return None


@blp.post(f"/{VERSION}/publish")
@permits("tiers.publish", is_four_eyes=True)
def publish(version: int) -> Response:
    publisher_id, now = caller().id, clock.now()

    def act(session: Session) -> None:
        service.publish(session, version=version, publisher_id=publisher_id, now=now)

    try:
        console.once(act)
    except Problem as problem:
        return _show(version, problem=problem)
    return console.done(f"{URL}/{version}", WORDS["is_published"].format(n=version))

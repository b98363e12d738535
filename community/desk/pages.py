"""The desk in a browser: what waits, and one case after the other, by single keys."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify, render_template, request

from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.console import Area, Entry, done, fields_of, page_blueprint, render
from backend.kit.http import locale
from backend.kit.problems import Problem
from backend.kit.texts import Text
from community import wall
from community.cases import queries as case_queries
from community.cases import service as cases
from community.cases.errors import (
    CaseMoved,
    CaseUnknown,
    CrisisLoadReached,
    QueueUnknown,
)
from community.cases.models import Case
from community.cases.rules import CRISIS_CASES_MAX, SHIFT, Queue, State, Target
from community.desk import acts, context, forms, listing, showing, view, wording
from community.desk.callers import hand, who
from community.desk.schemas import ClaimInSchema, MoveForm, RulingForm
from community.moderation import queries as decisions
from community.moderation.rules import Action
from community.moderation.service import Claim, in_short

URL = "/console/moderation"
WAITING_MAX = 100

blp = page_blueprint(
    "moderation",
    __name__,
    url_prefix=URL,
    permission="moderation.decide",
    menu=(Entry(Area.MODERATION, Text("Desk", "审核台"), URL, order=10),),
)


@blp.get("")
def index() -> Response:
    """What waits in each queue, and what is in her hands."""
    return _desk()


def _desk(problem: Problem | None = None) -> Response:
    now = clock.now()
    with wall.reading() as session:
        rows = {row.queue: row._asdict() for row in case_queries.count_queues(session, now=now)}
        held = case_queries.list_held(session, staff_id=caller().id)
        waiting = decisions.list_waiting(session, limit=WAITING_MAX)
        taken = case_queries.count_taken(
            session, staff_id=caller().id, queue=Queue.CRISIS, since=now - SHIFT
        )
        last = listing.find_last(session, staff_id=caller().id, locale=locale(), now=now)
    return render(
        "moderation/desk.html",
        title=Text("Moderation", "内容审核"),
        queues=[(queue, rows.get(queue)) for queue in wording.QUEUES],
        ages={queue: showing.age(row["oldest_at"], now=now) for queue, row in rows.items()},
        held=held,
        waiting=waiting,
        taken=taken,
        taken_max=CRISIS_CASES_MAX,
        is_lead=who().is_lead,
        last=last,
        problem=problem,
        **showing.COMMON,
    )


@blp.post("/queues/<string:queue>/next")
def take(queue: str) -> Response:
    """The next case of a queue, or back to the one that is in her hands."""
    if queue not in set(Queue):
        raise QueueUnknown
    try:
        found = acts.hold_next(queue=Queue(queue), hand=hand())
    except CrisisLoadReached as enough:
        return _desk(problem=enough)
    if found is None:
        return done(URL, Text("Nothing waits here for you.", "这里没有等待您处理的案件。"))
    return done(f"{URL}/cases/{found}")


@blp.get("/cases/<uuid:case_id>")
def case(case_id: UUID) -> Response:
    """A case that she holds, whole."""
    return _case(case_id)


def _case(case_id: UUID, *, problem: Problem | None = None) -> Response:
    now = clock.now()
    with wall.reading() as session:
        found = session.get(Case, case_id)
        if found is None:
            raise CaseUnknown
        if found.state != State.OPEN or found.claimed_by != caller().id:
            won = decisions.find_last_of_case(session, case_id=case_id)
            return _moved(CaseMoved(decision=None if won is None else in_short(won)), found.queue)
        writing = view.get_writing(session, case=found)
        shown = view.of_reading(session, case=found, writing=writing, locale=locale(), now=now)
        is_stale = found.target_type != Target.DECISION and bytes(writing.content_hash) != bytes(
            found.content_hash
        )
        last = listing.find_last(session, staff_id=caller().id, locale=locale(), now=now)
    return render(
        "moderation/case.html",
        title=wording.QUEUES[Queue(shown["queue"])],
        is_stale=is_stale,
        may_unmask="moderation.unmask" in caller().permissions,
        last=last,
        problem=problem,
        **showing.case_page(shown, form=request.form, locale=locale(), now=now),
    )


def _moved(moved: CaseMoved, queue: str) -> Response:
    return render(
        "moderation/moved.html",
        title=Text("Somebody was faster, and nothing is lost", "已由他人处理，没有任何内容丢失"),
        won=moved.context.get("decision"),
        queue=queue,
        problem=moved,
        **showing.COMMON,
    )


@blp.post("/cases/<uuid:case_id>/decide")
def decide(case_id: UUID) -> Response:
    """Decide, and on to the next one."""
    try:
        form = fields_of(RulingForm)
        if form["action"] is None:
            return _case(case_id)
        with wall.reading() as session:
            language = context.language_of_author(session, case_id=case_id)
        claim = Claim(
            case_id, form["claim_token"], form["version"], bytes.fromhex(form["content_hash"])
        )
        ruling = forms.ruling_of(form, action=form["action"], locale=language)
        made = acts.decide(claim, ruling, hand=hand(), is_folding=form["fold_same_text"])
    except (CaseMoved, CaseUnknown) as gone:
        return _gone(case_id, gone)
    except Problem as problem:
        return _case(case_id, problem=problem)
    return _go_on(made.queue, _said(form["action"], made.folded))


def _gone(case_id: UUID, gone: Problem) -> Response:
    with wall.reading() as session:
        found = session.get(Case, case_id)
    if found is None or not isinstance(gone, CaseMoved):
        raise gone
    return _moved(gone, found.queue)


def _said(action: Action, folded: int) -> Text:
    name = wording.ACTIONS[action]
    if folded:
        return Text(
            f"Decided: {name.en}. Of the very same words: {folded} more.",
            f"已处理：{name.zh_cn}。另有 {folded} 条相同内容一并处理。",
        )
    return Text(f"Decided: {name.en}.", f"已处理：{name.zh_cn}。")


def _go_on(queue: Queue, said: Text) -> Response:
    try:
        following = acts.hold_next(queue=queue, hand=hand())
    except CrisisLoadReached:
        following = None
    if following is None:
        empty = Text(" Nothing more waits here for you.", "此队列暂无其他案件。")
        return done(URL, Text(said.en + empty.en, said.zh_cn + empty.zh_cn))
    return done(f"{URL}/cases/{following}", said)


@blp.post("/cases/<uuid:case_id>/preview")
def preview(case_id: UUID) -> Response:
    """The case once more, with the statement that its author would read."""
    return _case(case_id)


@blp.post("/cases/<uuid:case_id>/statement")
def statement(case_id: UUID) -> Response:
    """The statement alone, for a page that keeps it up to date."""
    with wall.reading() as session:
        found = session.get(Case, case_id)
    if found is None or found.claimed_by != caller().id:
        # Asked for while the case was decided: a page of its own would take the next one's words.
        nothing = jsonify({"html": ""})
        nothing.status_code = CaseUnknown.status
        return nothing
    actions = [Action(each["action"]) for each in view.actions_of(found)]
    told = showing.statement(request.form, actions=actions)
    html = render_template("moderation/_statement.html", statement=told, **showing.COMMON)
    return jsonify({"html": html})


@blp.post("/cases/<uuid:case_id>/keep")
def keep(case_id: UUID) -> Response:
    """Ten minutes more, and the words as they are now."""
    form, now = fields_of(ClaimInSchema), clock.now()
    try:
        with wall.transaction() as session:
            found = cases.get_held(
                session, case_id=case_id, token=form["claim_token"], who=caller().id
            )
            cases.prolong(found, now=now)
            view.refresh(session, case=found, now=now)
    except CaseMoved as moved:
        return _gone(case_id, moved)
    return done(
        f"{URL}/cases/{case_id}", Text("It is yours for ten minutes more.", "已为您延长十分钟。")
    )


@blp.post("/cases/<uuid:case_id>/move")
def move(case_id: UUID) -> Response:
    """Give it back, skip it, or send it where it belongs."""
    try:
        form = fields_of(MoveForm)
        queue = _move(case_id, form)
    except CaseMoved as moved:
        return _gone(case_id, moved)
    if form["move"] == "release":
        return done(URL, Text("Given back: it is anybody's.", "已退回，其他人可以处理。"))
    if form["move"] == "skip":
        return _go_on(queue, Text("Left to somebody else.", "已留给其他同事。"))
    return _go_on(queue, Text("Sent on.", "已转交。"))


def _move(case_id: UUID, form: dict[str, Any]) -> Queue:
    given: dict[str, Any] = {"who": who(), "now": clock.now()}
    why = wording.PASSINGS[form["why"]].in_(locale())
    with wall.transaction() as session:
        found = cases.get_held(session, case_id=case_id, token=form["claim_token"], who=caller().id)
        queue = Queue(found.queue)
        if form["move"] == "release":
            cases.give_back(session, case=found, **given)
        elif form["move"] == "skip":
            cases.skip(session, case=found, why=why, **given)
        else:
            is_up = form["to"] == forms.LEAD or found.target_type == Target.DECISION
            to = None if is_up else Queue(form["to"])
            cases.escalate(session, case=found, to=to, why=why, **given)
    return queue


@blp.get("/cases/<uuid:case_id>/trail")
def trail(case_id: UUID) -> Response:
    """Everything that was done to a case."""
    with wall.reading() as session:
        steps = case_queries.list_steps(session, case_id=case_id)
    if not steps:
        raise CaseUnknown
    return render(
        "moderation/trail.html",
        title=Text("The trail of a case", "案件经过"),
        steps=steps,
        me_id=caller().id,
        **showing.COMMON,
    )

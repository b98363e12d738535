"""Moderators take a case, decide it, and take the next."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.http import locale, refuses
from backend.kit.paging import PageArgs
from backend.staff.errors import SecondPersonNeeded
from community import wall
from community.appeals.errors import OwnDecision
from community.cases import queries as case_queries
from community.cases import service as cases
from community.cases.errors import (
    CaseChanged,
    CaseMoved,
    CaseUnknown,
    CrisisLoadReached,
    QueueUnknown,
)
from community.cases.models import Case
from community.cases.rules import Queue, Target
from community.desk import acts, view
from community.desk.callers import hand, who
from community.desk.schemas import (
    CaseSchema,
    ClaimInSchema,
    DecidedSchema,
    DecideInSchema,
    DecisionPageSchema,
    DecisionSchema,
    EscalateInSchema,
    MoveInSchema,
    QueueCountsSchema,
    TrailSchema,
    WhyInSchema,
)
from community.moderation import queries, service
from community.moderation.errors import (
    AlreadyUndone,
    AnothersDecision,
    DecisionUnknown,
    NotUndoable,
    NotWaiting,
    RulingUnfit,
    UndoTooLate,
)
from community.moderation.rules import Ruling
from community.moderation.service import Claim

WAITING_MAX = 100

blp = blueprint(
    "moderation",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/moderation",
    description="One case at a time, leased, with everything that is needed to decide it.",
    permission="moderation.decide",
)


def _held(session: Session, case_id: UUID, args: dict[str, Any]) -> Case:
    return cases.get_held(session, case_id=case_id, token=args["claim_token"], who=caller().id)


@blp.route("/queues")
class Queues(MethodView):
    @blp.response(200, QueueCountsSchema)
    def get(self) -> dict[str, Any]:
        """What waits in each queue, how old the oldest is, what is overdue."""
        now = clock.now()
        with wall.reading() as session:
            rows = {row.queue: row._asdict() for row in case_queries.count_queues(session, now=now)}
            waiting = queries.list_waiting(session, limit=WAITING_MAX)
        empty = {"open": 0, "waiting": 0, "overdue": 0, "for_lead": 0, "oldest_at": None}
        return {
            "items": [{"queue": queue, **empty, **rows.get(queue, {})} for queue in Queue],
            "awaiting_confirmation": len(waiting),
        }


@blp.route("/queues/<string:queue>/next")
class Next(MethodView):
    @refuses(QueueUnknown, CrisisLoadReached)
    @blp.response(200, CaseSchema)
    @blp.alt_response(204, description="Nothing waits here for you.")
    def post(self, queue: str) -> Any:
        """Take the gravest case that nobody holds: it is yours for ten minutes."""
        if queue not in set(Queue):
            raise QueueUnknown
        with wall.transaction() as session:
            found = acts.take(session, queue=Queue(queue), hand=hand())
        return Response(status=HTTPStatus.NO_CONTENT) if found is None else found


@blp.route("/cases/<uuid:case_id>/heartbeat")
class Heartbeat(MethodView):
    @refuses(CaseUnknown, CaseMoved)
    @blp.arguments(ClaimInSchema)
    @blp.response(200, CaseSchema)
    def post(self, args: dict[str, Any], case_id: UUID) -> dict[str, Any]:
        """Ten minutes more, and the case as it reads now."""
        now = clock.now()
        with wall.transaction() as session:
            case = _held(session, case_id, args)
            cases.prolong(case, now=now)
            return view.of_case(session, case=case, locale=locale(), now=now)


@blp.route("/cases/<uuid:case_id>/release")
class Release(MethodView):
    @refuses(CaseUnknown, CaseMoved)
    @blp.arguments(ClaimInSchema)
    @blp.response(204)
    def post(self, args: dict[str, Any], case_id: UUID) -> None:
        """Give it back: it is anybody's."""
        with wall.transaction() as session:
            case = _held(session, case_id, args)
            cases.give_back(session, case=case, who=who(), now=clock.now())


@blp.route("/cases/<uuid:case_id>/skip")
class Skip(MethodView):
    @refuses(CaseUnknown, CaseMoved)
    @blp.arguments(MoveInSchema)
    @blp.response(204)
    def post(self, args: dict[str, Any], case_id: UUID) -> None:
        """Leave it to somebody else, and say why. Skipped thrice, it is a lead's."""
        with wall.transaction() as session:
            case = _held(session, case_id, args)
            cases.skip(session, case=case, who=who(), why=args["reason"], now=clock.now())


@blp.route("/cases/<uuid:case_id>/escalate")
class Escalate(MethodView):
    @refuses(CaseUnknown, CaseMoved)
    @blp.arguments(EscalateInSchema)
    @blp.response(204)
    def post(self, args: dict[str, Any], case_id: UUID) -> None:
        """To a lead, or to the queue where it belongs."""
        to = None if args["to"] == "lead" else Queue(args["to"])
        with wall.transaction() as session:
            case = _held(session, case_id, args)
            # An appeal stays an appeal; it can only go up.
            to = None if case.target_type == Target.DECISION else to
            cases.escalate(
                session, case=case, who=who(), to=to, why=args["reason"], now=clock.now()
            )


@blp.route("/cases/<uuid:case_id>/decide")
class Decide(MethodView):
    @refuses(CaseUnknown, CaseMoved, CaseChanged, RulingUnfit, OwnDecision)
    @blp.arguments(DecideInSchema)
    @blp.response(200, DecidedSchema)
    def post(self, args: dict[str, Any], case_id: UUID) -> dict[str, Any]:
        """Decide what you have read. Too late, 409 tells you what was decided."""
        claim = Claim(
            case_id, args["claim_token"], args["version"], bytes.fromhex(args["content_hash"])
        )
        ruling = Ruling(args["action"], args["clause"], args["reason"], args["days"])
        done = acts.decide(
            claim,
            ruling,
            hand=hand(),
            is_folding=args["fold_same_text"],
            is_taking=args["take_next"],
        )
        return vars(done)


@blp.route("/cases/<uuid:case_id>/trail")
class Trail(MethodView):
    @refuses(CaseUnknown)
    @blp.response(200, TrailSchema)
    def get(self, case_id: UUID) -> dict[str, Any]:
        """Everything that was done to a case, by whom and why."""
        with wall.reading() as session:
            steps = case_queries.list_steps(session, case_id=case_id)
        if not steps:
            raise CaseUnknown
        return {"items": steps}


@blp.route("/decisions/waiting")
class Waiting(MethodView):
    @blp.response(200, DecisionPageSchema)
    def get(self) -> dict[str, Any]:
        """Decisions that need a second moderator, the oldest first."""
        with wall.reading() as session:
            rows = queries.list_waiting(session, limit=WAITING_MAX)
        return {
            "items": [view.of_decision(row, locale=locale()) for row in rows],
            "next_cursor": None,
        }


@blp.route("/decisions/mine")
class Mine(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, DecisionPageSchema)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """What you decided yourself, the newest first. Nobody reads another's."""
        with wall.reading() as session:
            found = queries.page_own(session, staff_id=caller().id, args=args)
        items = [view.of_decision(row, locale=locale()) for row in found.items]
        return {"items": items, "next_cursor": found.next_cursor}


@blp.route("/decisions/<uuid:decision_id>/confirm")
class Confirm(MethodView):
    @refuses(DecisionUnknown, NotWaiting, SecondPersonNeeded)
    @blp.response(200, DecisionSchema)
    def post(self, decision_id: UUID) -> dict[str, Any]:
        """Agree with another's decision that needs two; in ten minutes it counts."""
        with wall.transaction() as session:
            row = service.confirm(session, decision_id=decision_id, who=who(), now=clock.now())
        return view.of_decision(row, locale=locale())


@blp.route("/decisions/<uuid:decision_id>/undo")
class Undo(MethodView):
    @refuses(DecisionUnknown, AlreadyUndone, NotUndoable, UndoTooLate, AnothersDecision)
    @blp.arguments(WhyInSchema)
    @blp.response(200, DecisionSchema)
    def post(self, args: dict[str, Any], decision_id: UUID) -> dict[str, Any]:
        """Everything as it was. Your own at any time; another's as a lead."""
        with wall.transaction() as session:
            row = service.undo(
                session,
                decision_id=decision_id,
                who=who(),
                why=args["reason"],
                now=clock.now(),
            )
        return view.of_decision(row, locale=locale())

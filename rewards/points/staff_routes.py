"""Staff adjust points by hand, write earn rules, and see what is owed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound
from backend.kit.programme_zone import programme_day
from backend.staff.errors import SecondPersonNeeded
from rewards.points import liability, queries, service
from rewards.points.errors import (
    AdjustmentDecided,
    EarnRulesNotDraft,
    EarnRulesTooLate,
    NotEnoughPoints,
)
from rewards.points.schemas import (
    EarnRulesInSchema,
    EarnRulesPageSchema,
    EarnRulesSchema,
    PointsAdjustmentInSchema,
    PointsAdjustmentPageSchema,
    PointsAdjustmentSchema,
    PointsLiabilitySchema,
)

REPORT_SECONDS_MAX = 120  # every lot of everybody, and a year of postings

blp = blueprint(
    "points",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff",
    description="Points by hand, earn rules as versioned data, and what the programme owes.",
    permission="points.read",
)


def _act(session: Session, borrower_id: UUID, *, now: datetime) -> None:
    borrowers.look_by_act(session, who=caller(), borrower_ids=[borrower_id], what="points", now=now)


@blp.route("/points/liability")
class Liability(MethodView):
    @blp.response(200, PointsLiabilitySchema)
    def get(self) -> dict[str, Any]:
        """What is outstanding, by expiry, age and tier; what may expire; what a cure costs."""
        today = programme_day(clock.now())
        with transaction(patience_seconds=REPORT_SECONDS_MAX) as session:
            return liability.report(session, today=today)


@blp.route("/points/adjustments")
class OpenAdjustments(MethodView):
    @permits("points.adjust")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, PointsAdjustmentPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Adjustments that wait for a second person, the oldest first. The look is logged."""
        with transaction() as session:
            found = queries.page_adjustments(session, who=caller(), args=args)
            ids = list(dict.fromkeys(row.borrower_id for row in found.items))
            borrowers.look_by_act(
                session, who=caller(), borrower_ids=ids, what="points", now=clock.now()
            )
            return found


@blp.route("/borrowers/<uuid:borrower_id>/points-adjustments")
class Adjustments(MethodView):
    @idempotent
    @permits("points.adjust")
    @refuses(NotFound, BorrowerNotFound)
    @blp.arguments(PointsAdjustmentInSchema)
    @blp.response(201, PointsAdjustmentSchema)
    def post(self, args: dict[str, Any], borrower_id: UUID) -> Any:
        """Ask for points to be given or taken, with a reason; another person decides."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, now=now)
            adjustment_id = service.ask_adjustment(
                session, borrower_id=borrower_id, asked_by=caller().id, now=now, **args
            )
            return queries.get_adjustment(
                session, borrower_id=borrower_id, adjustment_id=adjustment_id
            )


@blp.route("/borrowers/<uuid:borrower_id>/points-adjustments/<uuid:adjustment_id>/confirm")
class AdjustmentConfirmation(MethodView):
    @idempotent
    @permits("points.adjust", is_four_eyes=True)
    @refuses(NotFound, BorrowerNotFound, SecondPersonNeeded, AdjustmentDecided, NotEnoughPoints)
    @blp.response(200, PointsAdjustmentSchema)
    def post(self, borrower_id: UUID, adjustment_id: UUID) -> Any:
        """Let another person's adjustment happen. Points that are not there are not taken."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, now=now)
            service.confirm_adjustment(
                session,
                borrower_id=borrower_id,
                adjustment_id=adjustment_id,
                decided_by=caller().id,
                now=now,
            )
            return queries.get_adjustment(
                session, borrower_id=borrower_id, adjustment_id=adjustment_id
            )


@blp.route("/borrowers/<uuid:borrower_id>/points-adjustments/<uuid:adjustment_id>/reject")
class AdjustmentRejection(MethodView):
    @idempotent
    @permits("points.adjust", is_four_eyes=True)
    @refuses(NotFound, BorrowerNotFound, SecondPersonNeeded, AdjustmentDecided)
    @blp.response(200, PointsAdjustmentSchema)
    def post(self, borrower_id: UUID, adjustment_id: UUID) -> Any:
        """Leave another person's adjustment undone."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, now=now)
            service.reject_adjustment(
                session,
                borrower_id=borrower_id,
                adjustment_id=adjustment_id,
                decided_by=caller().id,
                now=now,
            )
            return queries.get_adjustment(
                session, borrower_id=borrower_id, adjustment_id=adjustment_id
            )


@blp.route("/points/earn-rules")
class EarnRules(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, EarnRulesPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """All versions, the newest first; each is in force until the next one's day."""
        with reading() as session:
            return queries.page_rule_versions(session, args=args)

    @permits("points.author")
    @blp.arguments(EarnRulesInSchema)
    @blp.response(201, EarnRulesSchema)
    def post(self, args: dict[str, Any]) -> Any:
        """Keep a draft. Every fault is named with a pointer to it."""
        now = clock.now()
        with transaction() as session:
            version = service.write_draft(
                session,
                document=args["rules"],
                effective_from=args["effective_from"],
                note=args["note"],
                author_id=caller().id,
                today=programme_day(now),
                now=now,
            )
            return queries.get_rule_version(session, version=version)


@blp.route("/points/earn-rules/<int(max=2147483647):version>")
class EarnRulesVersion(MethodView):
    @refuses(NotFound)
    @blp.response(200, EarnRulesSchema)
    def get(self, version: int) -> Any:
        """One version, draft or published."""
        with reading() as session:
            return queries.get_rule_version(session, version=version)


@blp.route("/points/earn-rules/<int(max=2147483647):version>/publish")
class EarnRulesPublication(MethodView):
    @idempotent
    @permits("points.publish", is_four_eyes=True)
    @refuses(NotFound, EarnRulesNotDraft, EarnRulesTooLate, SecondPersonNeeded)
    @blp.response(200, EarnRulesSchema)
    def post(self, version: int) -> Any:
        """Let another person's draft be in force from its day."""
        now = clock.now()
        with transaction() as session:
            service.publish_rules(
                session,
                version=version,
                publisher_id=caller().id,
                today=programme_day(now),
                now=now,
            )
            return queries.get_rule_version(session, version=version)

"""Staff write, try and publish tier policies, and look after single tiers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound
from backend.kit.programme_zone import programme_day
from backend.kit.rate_limit import LOOK_UP
from backend.staff.errors import SecondPersonNeeded
from backend.tiers import queries, service, staff_view, trying
from backend.tiers.errors import (
    OverrideSettled,
    PolicyNotDraft,
    ReviewDecided,
)
from backend.tiers.schemas import (
    OverrideInSchema,
    OverrideSchema,
    PolicyInSchema,
    PolicyPageSchema,
    PolicySchema,
    PreviewInSchema,
    PreviewSchema,
    ReviewDecisionSchema,
    RunPageSchema,
    StaffReviewPageSchema,
    StaffReviewSchema,
)

blp = blueprint(
    "tiers",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="Tier policies: written by one person, tried on everybody, published by another.",
    permission="tiers.read",
)


def _look(
    session: Session,
    borrower_ids: Sequence[UUID],
    what: str,
    *,
    purpose: str | None,
    now: datetime,
    act: AccessPurpose | None = None,
) -> None:
    borrowers.look(
        session,
        who=caller(),
        borrower_ids=borrower_ids,
        purpose=purpose,
        what=what,
        now=now,
        act=act,
    )


def _act(session: Session, borrower_id: UUID, what: str, *, why: str | None, now: datetime) -> None:
    _look(session, [borrower_id], what, purpose=why, now=now, act=AccessPurpose.RISK_REVIEW)


@blp.route("/tier-policies")
class Policies(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, PolicyPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """All versions, newest first. The live one is the one published last."""
        with reading() as session:
            return queries.page_policies(session, args=args)

    @permits("tiers.author")
    @blp.arguments(PolicyInSchema)
    @blp.response(201, PolicySchema)
    def post(self, args: dict[str, Any]) -> Any:
        """Keep a draft. Every fault is named with a pointer to it."""
        with transaction() as session:
            version = service.write_draft(
                session,
                document=args["policy"],
                note=args["note"],
                author_id=caller().id,
                now=clock.now(),
            )
            return queries.get_policy_row(session, version=version)


@blp.route("/tier-policies/preview")
class Preview(MethodView):
    @permits("tiers.preview")
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(PreviewInSchema)
    @blp.response(200, PreviewSchema)
    def post(self, purpose: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
        """Try a policy on everybody, or `among` some: of the policy nothing is stored.

        That you saw the samples is, as any look at a borrower's data: for `risk_review`, which
        trying a policy is, unless you name another purpose.
        """
        now = clock.now()
        with transaction(patience_seconds=trying.PREVIEW_SECONDS_MAX) as session:
            trial = trying.make_trial(
                session, document=args["policy"], among=args["among"], now=now
            )
            shown = trying.look_at_trial(
                session,
                trial,
                who=caller(),
                purpose=purpose["purpose"],
                locales=(locale(),),
                now=now,
            )
        return shown | {"samples": shown["samples_in"][0]}


@blp.route("/tier-policies/<int(max=2147483647):version>")
class PolicyVersion(MethodView):
    @refuses(NotFound)
    @blp.response(200, PolicySchema)
    def get(self, version: int) -> Any:
        """One version, draft or published."""
        with reading() as session:
            return queries.get_policy_row(session, version=version)


@blp.route("/tier-policies/<int(max=2147483647):version>/publish")
class Publish(MethodView):
    @idempotent
    @permits("tiers.publish", is_four_eyes=True)
    @refuses(NotFound, PolicyNotDraft, SecondPersonNeeded)
    @blp.response(200, PolicySchema)
    def post(self, version: int) -> Any:
        """Make another person's draft the live policy."""
        with transaction() as session:
            service.publish(session, version=version, publisher_id=caller().id, now=clock.now())
            return queries.get_policy_row(session, version=version)


@blp.route("/tier-runs")
class Runs(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, RunPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Nightly runs, newest first: what moved, from where to where, and how long it took."""
        with reading() as session:
            return staff_view.page_runs(session, args=args)


@blp.route("/tier-reviews")
class Reviews(MethodView):
    @permits("tiers.review")
    @rated(LOOK_UP)
    @refuses(PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, StaffReviewPageSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any]) -> Page:
        """Reviews that wait for a person, the oldest first. The look is logged.

        An account manager sees those of the borrowers assigned to her.
        """
        with transaction() as session:
            found = queries.page_open_reviews(session, who=caller(), args=args)
            ids = list(dict.fromkeys(row.borrower_id for row in found.items))
            _look(session, ids, "tier review", purpose=purpose["purpose"], now=clock.now())
        return found


@blp.route("/staff/borrowers/<uuid:borrower_id>/tier-reviews/<uuid:review_id>/decide")
class ReviewDecision(MethodView):
    @idempotent
    @permits("tiers.review")
    @refuses(NotFound, BorrowerNotFound, ReviewDecided)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(ReviewDecisionSchema)
    @blp.response(200, StaffReviewSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, review_id: UUID
    ) -> Any:
        """Answer a review in words that she will read."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, "tier review", why=purpose["purpose"], now=now)
            service.decide_review(
                session,
                borrower_id=borrower_id,
                review_id=review_id,
                decided_by=caller().id,
                now=now,
                **args,
            )
            return queries.get_review(session, borrower_id=borrower_id, review_id=review_id)


@blp.route("/staff/borrowers/<uuid:borrower_id>/tier-override")
class Override(MethodView):
    @idempotent
    @permits("tiers.override")
    @refuses(NotFound, BorrowerNotFound)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(OverrideInSchema)
    @blp.response(201, OverrideSchema)
    def post(self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID) -> Any:
        """Ask for a tier by hand, with a reason, for 90 days at most."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, "tier override", why=purpose["purpose"], now=now)
            override_id = service.ask_override(
                session,
                borrower_id=borrower_id,
                asked_by=caller().id,
                today=programme_day(now),
                now=now,
                **args,
            )
            return queries.get_override(session, borrower_id=borrower_id, override_id=override_id)


@blp.route("/staff/borrowers/<uuid:borrower_id>/tier-override/<uuid:override_id>/confirm")
class OverrideConfirmation(MethodView):
    @idempotent
    @permits("tiers.override", is_four_eyes=True)
    @refuses(NotFound, BorrowerNotFound, SecondPersonNeeded, OverrideSettled)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, OverrideSchema)
    def post(self, purpose: dict[str, Any], borrower_id: UUID, override_id: UUID) -> Any:
        """Let another person's override count, at once."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, "tier override", why=purpose["purpose"], now=now)
            service.confirm_override(
                session,
                borrower_id=borrower_id,
                override_id=override_id,
                confirmed_by=caller().id,
                today=programme_day(now),
                now=now,
            )
            return queries.get_override(session, borrower_id=borrower_id, override_id=override_id)


@blp.route("/staff/borrowers/<uuid:borrower_id>/tier-override/<uuid:override_id>/end")
class OverrideEnd(MethodView):
    @idempotent
    @permits("tiers.override")
    @refuses(NotFound, BorrowerNotFound, OverrideSettled)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, OverrideSchema)
    def post(self, purpose: dict[str, Any], borrower_id: UUID, override_id: UUID) -> Any:
        """Withdraw an override, or end it before its day."""
        now = clock.now()
        with transaction() as session:
            _act(session, borrower_id, "tier override", why=purpose["purpose"], now=now)
            service.end_override(
                session,
                borrower_id=borrower_id,
                override_id=override_id,
                today=programme_day(now),
                now=now,
            )
            return queries.get_override(session, borrower_id=borrower_id, override_id=override_id)

"""What a borrower can have for her points."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.predicates import holds, parse
from backend.kit.programme_zone import programme_day
from backend.profile import queries as profile
from backend.programme import queries as programme
from rewards.catalogue import queries, service
from rewards.catalogue.errors import (
    AddressNeeded,
    ItemUnknown,
    LimitReached,
    NotForHer,
    OutOfStock,
    PriceChanged,
    RedemptionMoveRefused,
    RedemptionUnknown,
)
from rewards.catalogue.schemas import (
    RedeemSchema,
    RedemptionPageSchema,
    RedemptionSchema,
    RewardPageSchema,
    VouchersSchema,
)
from rewards.catalogue.wording import item_in_words, reasons_against, redemption_in_words
from rewards.points import queries as points
from rewards.points.errors import NotEnoughPoints

blp = blueprint(
    "catalogue",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1",
    description="What points can be exchanged for; never cash.",
)


@blp.route("/rewards")
class Rewards(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, RewardPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """The catalogue, cheapest first; of each item, whether you may have it and why not."""
        with reading() as session:
            found = queries.page_items(session, live_only=True, args=args)
            items = _judged(session, found, borrower_id=caller().id)
        return Page(items, found.next_cursor)


def _judged(session: Session, found: Page, *, borrower_id: UUID) -> list[dict[str, Any]]:
    now = clock.now()
    types = profile.get_catalogue(session, with_retired=True).types
    facts = profile.get_facts(session, borrower_id=borrower_id, now=now)
    had = queries.count_had(
        session, borrower_id=borrower_id, item_ids=[item.id for item in found.items]
    )
    available = points.get_available(session, borrower_id=borrower_id, today=programme_day(now))
    is_enrolled = programme.is_enrolled(session, borrower_id=borrower_id)
    return [
        item_in_words(
            item,
            locale=locale(),
            reasons=reasons_against(
                item,
                available=available,
                had=had.get(item.id, 0),
                is_enrolled=is_enrolled,
                is_for_her=holds(parse(item.audience, facts=types), facts),
                locale=locale(),
            ),
        )
        for item in found.items
    ]


@blp.route("/me/redemptions")
class Redemptions(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, RedemptionPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """What you exchanged points for, newest first."""
        with reading() as session:
            found = queries.page_own(session, borrower_id=caller().id, args=args)
        items = [redemption_in_words(row, locale=locale()) for row in found.items]
        return Page(items, found.next_cursor)

    @idempotent
    @refuses(
        ItemUnknown, NotForHer, LimitReached, NotEnoughPoints, OutOfStock, PriceChanged,
        AddressNeeded,
    )  # fmt: skip
    @blp.arguments(RedeemSchema)
    @blp.response(201, RedemptionSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Exchange points. They are set aside until the thing is yours."""
        now = clock.now()
        with transaction() as session:
            redemption_id = service.redeem(
                session, borrower_id=caller().id, today=programme_day(now), now=now, **args
            )
            return _shown(session, redemption_id)


def _shown(session: Session, redemption_id: UUID) -> dict[str, Any]:
    row = queries.get_own(session, borrower_id=caller().id, redemption_id=redemption_id)
    return redemption_in_words(row, locale=locale())


@blp.route("/me/redemptions/<uuid:redemption_id>")
class OneRedemption(MethodView):
    @refuses(RedemptionUnknown)
    @blp.response(200, RedemptionSchema)
    def get(self, redemption_id: UUID) -> dict[str, Any]:
        """One redemption of yours."""
        with reading() as session:
            return _shown(session, redemption_id)


@blp.route("/me/redemptions/<uuid:redemption_id>/claim")
class Claim(MethodView):
    @idempotent
    @refuses(RedemptionUnknown, RedemptionMoveRefused)
    @blp.response(200, RedemptionSchema)
    def post(self, redemption_id: UUID) -> dict[str, Any]:
        """Take what is ready for you. Now the points are spent."""
        with transaction() as session:
            service.claim(
                session, borrower_id=caller().id, redemption_id=redemption_id, now=clock.now()
            )
            return _shown(session, redemption_id)


@blp.route("/me/redemptions/<uuid:redemption_id>/cancel")
class Cancellation(MethodView):
    @idempotent
    @refuses(RedemptionUnknown, RedemptionMoveRefused)
    @blp.response(200, RedemptionSchema)
    def post(self, redemption_id: UUID) -> dict[str, Any]:
        """Think better of it, as long as it is not yours yet: your points come back."""
        with transaction() as session:
            service.cancel(
                session, borrower_id=caller().id, redemption_id=redemption_id, now=clock.now()
            )
            return _shown(session, redemption_id)


@blp.route("/me/redemptions/<uuid:redemption_id>/codes")
class Codes(MethodView):
    @refuses(RedemptionUnknown, RedemptionMoveRefused)
    @blp.response(200, VouchersSchema)
    def get(self, redemption_id: UUID) -> dict[str, Any]:
        """The codes of a voucher that you have claimed."""
        # A GET that writes: that they were seen is kept, so that they never go back to the pool.
        with transaction() as session:
            queries.get_own(session, borrower_id=caller().id, redemption_id=redemption_id)
            found = service.reveal_codes(
                session, borrower_id=caller().id, redemption_id=redemption_id, now=clock.now()
            )
        return {"items": [{"code": code, "valid_until": until} for code, until in found]}

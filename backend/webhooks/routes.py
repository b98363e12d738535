"""What a machine client says of where it wants to be told, and reads of what was told there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.kit import clock, rate_limit
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.calls_out import find_url_fault
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import FieldError, Invalid
from backend.webhooks import queries, service
from backend.webhooks.errors import (
    ClientGone,
    DeliveryUnknown,
    EndpointDisabled,
    EndpointTaken,
    EndpointUnknown,
    TooManyEndpoints,
    TooManySecrets,
)
from backend.webhooks.schemas import (
    DeliveryArgs,
    DeliveryPageSchema,
    EndpointInSchema,
    EndpointPageSchema,
    EndpointPatchSchema,
    EndpointSchema,
    NewEndpointSchema,
    ReplayInSchema,
    ReplaySchema,
    RotationSchema,
    SentSchema,
    WholeDeliverySchema,
)
from backend.webhooks.sender import current_guard

blp = blueprint(
    "webhooks",
    __name__,
    audience=Audience.CLIENT,
    url_prefix="/v1/webhook-endpoints",
    description="What was decided here, told to the lender's machines as it happens.",
    permission="webhooks.write",
    rate=rate_limit.DEFAULT,
)


def _view(session: Session, endpoint_id: UUID, *, now: datetime) -> queries.EndpointView:
    return queries.get_endpoint(session, client_id=caller().id, endpoint_id=endpoint_id, now=now)


def _with_secret(session: Session, made: service.NewSecret, *, now: datetime) -> Mapping[str, Any]:
    view = _view(session, made.endpoint_id, now=now)
    return {**view.endpoint._mapping, "secrets": view.secrets, "secret": made.secret}


@blp.route("")
class Endpoints(MethodView):
    @permits("webhooks.read")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, EndpointPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Your endpoints, the oldest first, and how they are. Never a secret."""
        with reading() as session:
            return queries.list_endpoints(
                session, client_id=caller().id, args=args, now=clock.wall()
            )

    @refuses(EndpointTaken, TooManyEndpoints, ClientGone)
    @blp.arguments(EndpointInSchema)
    @blp.response(201, NewEndpointSchema)
    def post(self, args: dict[str, Any]) -> Mapping[str, Any]:
        """Name an address. The secret that signs what is sent there is shown in this answer alone.

        No `Idempotency-Key`: a stored answer would keep the secret. The address is the key: a
        second try is refused, and a rotation gives another secret in place of a lost one.
        """
        fault = find_url_fault(args["url"], current_guard())
        if fault is not None:
            raise Invalid(errors=[FieldError("#/url", fault)])
        now = clock.wall()
        with transaction() as session:
            made = service.add_endpoint(session, client_id=caller().id, now=now, **args)
            return _with_secret(session, made, now=now)


@blp.route("/<uuid:endpoint_id>")
class Endpoint(MethodView):
    @permits("webhooks.read")
    @refuses(EndpointUnknown)
    @blp.response(200, EndpointSchema)
    def get(self, endpoint_id: UUID) -> queries.EndpointView:
        """One of your endpoints."""
        with reading() as session:
            return _view(session, endpoint_id, now=clock.wall())

    @refuses(EndpointUnknown)
    @blp.arguments(EndpointPatchSchema)
    @blp.response(200, EndpointSchema)
    def patch(self, args: dict[str, Any], endpoint_id: UUID) -> queries.EndpointView:
        """Choose other types, or describe it anew. Another address is another endpoint."""
        with transaction() as session:
            service.change_endpoint(
                session,
                client_id=caller().id,
                endpoint_id=endpoint_id,
                event_types=args.get("event_types"),
                description=args.get("description"),
            )
            return _view(session, endpoint_id, now=clock.wall())

    @refuses(EndpointUnknown)
    @blp.response(204)
    def delete(self, endpoint_id: UUID) -> None:
        """Be told nothing more there. What waits is not sent; the secrets are forgotten."""
        with transaction() as session:
            service.delete_endpoint(
                session, client_id=caller().id, endpoint_id=endpoint_id, now=clock.wall()
            )


@blp.route("/<uuid:endpoint_id>/rotate")
class Rotation(MethodView):
    @refuses(EndpointUnknown, TooManySecrets)
    @blp.arguments(RotationSchema)
    @blp.response(200, NewEndpointSchema)
    def post(self, args: dict[str, Any], endpoint_id: UUID) -> Mapping[str, Any]:
        """Get a new secret, shown in this answer alone; those in use sign beside it for a while."""
        now = clock.wall()
        with transaction() as session:
            made = service.rotate_secret(
                session,
                client_id=caller().id,
                endpoint_id=endpoint_id,
                overlap=timedelta(hours=args["overlap_hours"]),
                now=now,
            )
            return _with_secret(session, made, now=now)


@blp.route("/<uuid:endpoint_id>/disable")
class Disabling(MethodView):
    @refuses(EndpointUnknown)
    @blp.response(200, EndpointSchema)
    def post(self, endpoint_id: UUID) -> queries.EndpointView:
        """Be told nothing for now; what comes is kept for 30 days. Again: nothing changes."""
        now = clock.wall()
        with transaction() as session:
            service.disable_endpoint(
                session, client_id=caller().id, endpoint_id=endpoint_id, now=now
            )
            return _view(session, endpoint_id, now=now)


@blp.route("/<uuid:endpoint_id>/enable")
class Enabling(MethodView):
    @refuses(EndpointUnknown)
    @blp.response(200, EndpointSchema)
    def post(self, endpoint_id: UUID) -> queries.EndpointView:
        """Be told again, first of all what was kept meanwhile. Again: nothing changes."""
        now = clock.wall()
        with transaction() as session:
            service.enable_endpoint(
                session, client_id=caller().id, endpoint_id=endpoint_id, now=now
            )
            return _view(session, endpoint_id, now=now)


@blp.route("/<uuid:endpoint_id>/test")
class Test(MethodView):
    @idempotent
    @refuses(EndpointUnknown, EndpointDisabled)
    @blp.response(202, SentSchema)
    def post(self, endpoint_id: UUID) -> dict[str, Any]:
        """Have an `endpoint.test` sent. What came of it is in the log of deliveries."""
        with transaction() as session:
            message_id = service.send_test(
                session, client_id=caller().id, endpoint_id=endpoint_id, now=clock.wall()
            )
        return {"message_id": message_id}


@blp.route("/<uuid:endpoint_id>/deliveries")
class Deliveries(MethodView):
    @permits("webhooks.read")
    @refuses(EndpointUnknown)
    @blp.arguments(DeliveryArgs, location="query")
    @blp.response(200, DeliveryPageSchema)
    def get(self, args: dict[str, Any], endpoint_id: UUID) -> Page:
        """What was to be told there in the last 30 days, the newest first."""
        with reading() as session:
            _view(session, endpoint_id, now=clock.wall())
            return queries.list_deliveries(
                session, endpoint_id=endpoint_id, state=args["state"], args=args
            )


@blp.route("/<uuid:endpoint_id>/deliveries/<uuid:message_id>")
class Delivery(MethodView):
    @permits("webhooks.read")
    @refuses(EndpointUnknown, DeliveryUnknown)
    @blp.response(200, WholeDeliverySchema)
    def get(self, endpoint_id: UUID, message_id: UUID) -> dict[str, Any]:
        """One message at this endpoint, with its latest tries."""
        with reading() as session:
            _view(session, endpoint_id, now=clock.wall())
            return queries.get_delivery(session, endpoint_id=endpoint_id, message_id=message_id)


@blp.route("/<uuid:endpoint_id>/deliveries/<uuid:message_id>/replay")
class Redelivery(MethodView):
    @idempotent
    @refuses(EndpointUnknown, EndpointDisabled, DeliveryUnknown)
    @blp.response(202, SentSchema)
    def post(self, endpoint_id: UUID, message_id: UUID) -> dict[str, Any]:
        """Have one message sent now, once more if it was taken, under the same id."""
        with transaction() as session:
            service.replay_one(
                session,
                client_id=caller().id,
                endpoint_id=endpoint_id,
                message_id=message_id,
                now=clock.wall(),
            )
        return {"message_id": message_id}


@blp.route("/<uuid:endpoint_id>/replays")
class Replays(MethodView):
    @idempotent
    @refuses(EndpointUnknown, EndpointDisabled)
    @blp.arguments(ReplayInSchema)
    @blp.response(202, ReplaySchema)
    def post(self, args: dict[str, Any], endpoint_id: UUID) -> service.Replay:
        """Have what was told in a range of time sent again, under the same ids, oldest first."""
        with transaction() as session:
            return service.replay_range(
                session, client_id=caller().id, endpoint_id=endpoint_id, now=clock.wall(), **args
            )

"""The desk of machine clients. A secret is in one answer alone, which is kept nowhere."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.auth import client_queries as queries
from backend.auth import service as auth
from backend.auth.oauth_errors import ClientDisabled, ClientNameTaken, ClientUnknown
from backend.auth.oauth_schemas import (
    ClientInSchema,
    ClientPageSchema,
    ClientSchema,
    NewSecretSchema,
    RotationInSchema,
)
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.db import reading, transaction
from backend.kit.http import refuses
from backend.kit.paging import Page, PageArgs

blp = blueprint(
    "clients",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/clients",
    description="Log-in, tokens and sessions.",
    permission="clients.write",
)
blp.tag = "auth"


@blp.route("")
class Clients(MethodView):
    @permits("clients.read")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, ClientPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Machine clients by name, with the age of their secrets and never a secret."""
        with reading() as session:
            return queries.list_clients(session, args=args)

    @refuses(ClientNameTaken)
    @blp.arguments(ClientInSchema)
    @blp.response(201, NewSecretSchema)
    def post(self, args: dict[str, Any]) -> auth.NewSecret:
        """Make a client. Its secret is shown in this answer alone.

        No `Idempotency-Key`: a stored answer would keep the secret. The name is the key: a second
        try is refused, and a rotation gives another secret in place of a lost one.
        """
        with transaction() as session:
            return auth.add_client(
                session,
                name=args["name"],
                scopes=set(args["scopes"]),
                staff_id=caller().id,
                now=clock.wall(),
            )


@blp.route("/<uuid:client_id>/rotate")
class Rotation(MethodView):
    @refuses(ClientUnknown, ClientDisabled)
    @blp.arguments(RotationInSchema)
    @blp.response(200, NewSecretSchema)
    def post(self, args: dict[str, Any], client_id: UUID) -> auth.NewSecret:
        """Give a new secret, shown in this answer alone; the one in use opens a while longer.

        A second try after a lost answer replaces the secret that nobody has seen.
        """
        with transaction() as session:
            client = auth.get_client_for_update(session, client_id=client_id)
            return auth.rotate_secret(
                session,
                client=client,
                overlap=timedelta(hours=args["overlap_hours"]),
                staff_id=caller().id,
                now=clock.wall(),
            )


@blp.route("/<uuid:client_id>/disable")
class Disabling(MethodView):
    @refuses(ClientUnknown)
    @blp.response(200, ClientSchema)
    def post(self, client_id: UUID) -> queries.ClientView:
        """End the client, its secrets and, within a second everywhere, its tokens. For good."""
        with transaction() as session:
            client = auth.get_client_for_update(session, client_id=client_id)
            auth.disable_client(session, client=client, staff_id=caller().id, now=clock.wall())
            return queries.get_client_view(session, client_id=client_id)

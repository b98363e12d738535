"""A borrower's app registers the device that it runs on."""

from typing import Any

from flask.views import MethodView
from marshmallow import ValidationError

from backend.borrowers.errors import BorrowerNotFound
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import AnyRow, reading, transaction
from backend.kit.http import refuses
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import FieldError, Invalid
from notifications.devices import queries, service
from notifications.devices.errors import DeviceUnknown
from notifications.devices.rules import AddressKind, Platform
from notifications.devices.schemas import (
    DeviceInSchema,
    DevicePageSchema,
    DeviceSchema,
    InstallationId,
)
from notifications.devices.service import Registration

_INSTALLATION_ID = InstallationId()

blp = blueprint(
    "devices",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/devices",
    description="The installations of the app that ring when something waits in your inbox.",
)


@blp.route("")
class OwnDevices(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, DevicePageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """Your devices, the newest first."""
        with reading() as session:
            return queries.page_own(session, borrower_id=caller().id, args=args)


@blp.route("/<installation_id>")
class OwnDevice(MethodView):
    @refuses(BorrowerNotFound)
    @blp.arguments(DeviceInSchema)
    @blp.response(200, DeviceSchema)
    def put(self, body: dict[str, Any], installation_id: str) -> AnyRow:
        """Register this installation, or say that it is still there. The last word counts.

        Whoever had this installation or this address before hears nothing on it any more.
        """
        try:
            checked = _INSTALLATION_ID.deserialize(installation_id)
        except ValidationError as error:
            detail = str(error.messages[0])
            raise Invalid(errors=[FieldError("#/installation_id", detail)]) from None
        with transaction() as session:
            service.register(
                session,
                borrower_id=caller().id,
                registration=Registration(
                    installation_id=checked,
                    platform=Platform(body.pop("platform")),
                    address_kind=AddressKind(body.pop("address_kind")),
                    **body,
                ),
                now=clock.now(),
            )
            return queries.get_own(session, borrower_id=caller().id, installation_id=checked)

    @refuses(DeviceUnknown, BorrowerNotFound)
    @blp.response(204)
    def delete(self, installation_id: str) -> None:
        """Nothing rings there any more: for a log-out, or a device that is gone."""
        with transaction() as session:
            service.remove(
                session, borrower_id=caller().id, installation_id=installation_id, now=clock.now()
            )

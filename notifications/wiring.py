"""What notifications plugs into the application."""

from backend.kit.wiring import Wiring
from notifications.devices import routes as device_routes
from notifications.devices import service as devices
from notifications.inbox import routes as inbox_routes
from notifications.messages import panels as message_panels
from notifications.messages import routes as message_routes
from notifications.messages import staff_routes as message_staff_routes
from notifications.notices import handlers as notice_handlers
from notifications.preferences import routes as preference_routes

WIRING = Wiring(
    blueprints=(
        device_routes.blp,
        preference_routes.blp,
        inbox_routes.blp,
        message_routes.blp,
        message_staff_routes.blp,
    ),
    handlers=notice_handlers.HANDLERS,
    sealed=devices.SEALED,
    hashed=devices.HASHED,
    borrower_panels={**message_panels.PANELS},
)

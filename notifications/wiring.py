"""What notifications plugs into the application."""

from backend.kit.wiring import Wiring
from notifications.deliveries import audit as delivery_audit
from notifications.deliveries import routes as delivery_routes
from notifications.deliveries import sender as delivery_sender
from notifications.deliveries import staff_routes as dead_letter_routes
from notifications.devices import routes as device_routes
from notifications.devices import service as devices
from notifications.inbox import routes as inbox_routes
from notifications.preferences import routes as preference_routes

WIRING = Wiring(
    blueprints=(
        device_routes.blp,
        preference_routes.blp,
        inbox_routes.blp,
        delivery_routes.blp,
        dead_letter_routes.blp,
    ),
    loops=delivery_sender.LOOPS,
    sealed=devices.SEALED,
    hashed=devices.HASHED,
    audits=delivery_audit.AUDITS,
)

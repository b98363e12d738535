"""What notifications plugs into the application."""

from backend.kit.wiring import Wiring
from notifications.deliveries import service as deliveries  # noqa: F401 - its tables are known
from notifications.devices import routes as device_routes
from notifications.devices import service as devices
from notifications.inbox import routes as inbox_routes
from notifications.preferences import routes as preference_routes
from notifications.reminders import handlers as reminder_handlers
from notifications.reminders import jobs as reminder_jobs
from notifications.reminders import staff_routes as reminder_staff_routes
from notifications.templates import staff_routes as template_staff_routes

WIRING = Wiring(
    blueprints=(
        device_routes.blp,
        preference_routes.blp,
        inbox_routes.blp,
        template_staff_routes.blp,
        reminder_staff_routes.blp,
    ),
    handlers=(*reminder_handlers.HANDLERS,),
    jobs=(*reminder_jobs.JOBS,),
    sealed=devices.SEALED,
    hashed=devices.HASHED,
)

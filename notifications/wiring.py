"""What notifications plugs into the application."""

from backend.kit.ports import HomePanel
from backend.kit.wiring import Wiring
from notifications.alerts import handlers as alert_handlers
from notifications.alerts import ringing as alert_ringing
from notifications.deliveries import audit as delivery_audit
from notifications.deliveries import pages as dead_letter_pages
from notifications.deliveries import routes as delivery_routes
from notifications.deliveries import sender as delivery_sender
from notifications.deliveries import staff_routes as dead_letter_routes
from notifications.deliveries.console_words import DEAD_LETTERS
from notifications.devices import demo as device_demo
from notifications.devices import routes as device_routes
from notifications.devices import service as devices
from notifications.inbox import routes as inbox_routes
from notifications.messages import panels as message_panels
from notifications.messages import routes as message_routes
from notifications.messages import staff_routes as message_staff_routes
from notifications.notices import handlers as notice_handlers
from notifications.preferences import routes as preference_routes
from notifications.reminders import configuration as reminder_configuration
from notifications.reminders import figures as reminder_figures
from notifications.reminders import handlers as reminder_handlers
from notifications.reminders import jobs as reminder_jobs
from notifications.reminders import pages as reminder_pages
from notifications.reminders import staff_routes as reminder_staff_routes
from notifications.templates import configuration as template_configuration
from notifications.templates import pages as template_pages
from notifications.templates import staff_routes as template_staff_routes

WIRING = Wiring(
    pages=(template_pages.blp, reminder_pages.blp, dead_letter_pages.blp),
    home_panels=(
        HomePanel(
            "jobs.retry",
            DEAD_LETTERS["title"],
            "/console/dead-letters",
            dead_letter_pages.count_dead_letters,
        ),
    ),
    blueprints=(
        device_routes.blp,
        preference_routes.blp,
        inbox_routes.blp,
        template_staff_routes.blp,
        reminder_staff_routes.blp,
        message_routes.blp,
        message_staff_routes.blp,
        delivery_routes.blp,
        dead_letter_routes.blp,
    ),
    handlers=(
        *notice_handlers.HANDLERS,
        *reminder_handlers.HANDLERS,
        *alert_handlers.HANDLERS,
    ),
    jobs=(*reminder_jobs.JOBS,),
    loops=(*delivery_sender.LOOPS, *alert_ringing.LOOPS),
    # Words before the plan that names them.
    config_sources=(template_configuration.SOURCE, reminder_configuration.SOURCE),
    demo=(device_demo.fill,),
    sealed=devices.SEALED,
    hashed=devices.HASHED,
    daily_figures=reminder_figures.FIGURES,
    audits=delivery_audit.AUDITS,
    borrower_panels={**message_panels.PANELS},
)

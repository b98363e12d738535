"""What rewards plugs into the application."""

from backend.events.badges import BadgeAwarded
from backend.kit.wiring import Wiring
from rewards.badges import audit as badge_audit
from rewards.badges import handlers as badge_handlers
from rewards.badges import jobs as badge_jobs
from rewards.badges import panels as badge_panels
from rewards.badges import routes as badge_routes
from rewards.badges import staff_routes as badge_staff_routes

WIRING = Wiring(
    blueprints=(badge_routes.blp, badge_routes.pictures, badge_staff_routes.blp),
    handlers=(*badge_handlers.HANDLERS,),
    jobs=(*badge_jobs.JOBS,),
    audits=(*badge_audit.AUDITS,),
    borrower_panels={**badge_panels.PANELS},
    unheard={BadgeAwarded: "the inbox will tell her of it; until there is one, history keeps it"},
)

"""What rewards plugs into the application."""

from backend.events.points import PointsExpiringSoon
from backend.kit.wiring import Wiring
from rewards.points import audit as points_audit
from rewards.points import handlers as points_handlers
from rewards.points import jobs as points_jobs
from rewards.points import panels as points_panels
from rewards.points import routes as points_routes
from rewards.points import staff_routes as points_staff_routes
from rewards.points.forecast import forecast_points

WIRING = Wiring(
    blueprints=(points_routes.blp, points_staff_routes.blp),
    handlers=points_handlers.HANDLERS,
    jobs=points_jobs.JOBS,
    audits=points_audit.AUDITS,
    borrower_panels=points_panels.PANELS,
    points_forecast=forecast_points,
    unheard={PointsExpiringSoon: "for the inbox, which tells her while there is time"},
)

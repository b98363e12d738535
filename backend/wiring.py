"""What the backend's own features plug into the application."""

from backend.kit.wiring import Wiring
from backend.staff import jobs as staff_jobs
from backend.staff import staff_routes

WIRING = Wiring(
    blueprints=(staff_routes.blp,),
    jobs=(*staff_jobs.JOBS,),
)

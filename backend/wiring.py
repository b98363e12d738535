"""What the backend's own features plug into the application."""

from backend.borrowers import jobs as borrower_jobs
from backend.borrowers import routes as borrower_routes
from backend.borrowers import staff_routes as borrower_staff_routes
from backend.ingest import routes as ingest_routes
from backend.kit.wiring import Wiring
from backend.loans import audit as loan_audit
from backend.loans import handlers as loan_handlers
from backend.loans import jobs as loan_jobs
from backend.loans import panels as loan_panels
from backend.loans import routes as loan_routes
from backend.staff import jobs as staff_jobs
from backend.staff import staff_routes

WIRING = Wiring(
    blueprints=(
        borrower_routes.blp,
        borrower_staff_routes.blp,
        ingest_routes.blp,
        loan_routes.blp,
        staff_routes.blp,
    ),
    handlers=(*loan_handlers.HANDLERS,),
    jobs=(*borrower_jobs.JOBS, *loan_jobs.JOBS, *staff_jobs.JOBS),
    audits=(*loan_audit.AUDITS,),
    borrower_panels={**loan_panels.PANELS},
)

"""What the backend's own features plug into the application."""

from backend.auth import client_routes, oauth_routes
from backend.auth import jobs as auth_jobs
from backend.auth import routes as auth_routes
from backend.auth import staff_routes as auth_staff_routes
from backend.auth.service import otp
from backend.benefits import audit as benefit_audit
from backend.benefits import demo as benefit_demo
from backend.benefits import handlers as benefit_handlers
from backend.benefits import jobs as benefit_jobs
from backend.benefits import routes as benefit_routes
from backend.benefits import staff_routes as benefit_staff_routes
from backend.borrowers import routes as borrower_routes
from backend.borrowers import service as borrowers
from backend.borrowers import staff_routes as borrower_staff_routes
from backend.consents import routes as consent_routes
from backend.contacts import panels as contact_panels
from backend.core_instructions import routes as core_instruction_routes
from backend.events.plans import PlanCureReminded, PlanReliefStarted
from backend.ingest import routes as ingest_routes
from backend.kit import idempotency
from backend.kit.wiring import Wiring
from backend.loans import audit as loan_audit
from backend.loans import handlers as loan_handlers
from backend.loans import jobs as loan_jobs
from backend.loans import panels as loan_panels
from backend.loans import routes as loan_routes
from backend.loans import staff_routes as loan_staff_routes
from backend.plan_quotes import jobs as plan_quote_jobs
from backend.plan_quotes import routes as plan_quote_routes
from backend.plan_quotes import signing as plan_quote_signing
from backend.profile import handlers as profile_handlers
from backend.profile import jobs as profile_jobs
from backend.profile import panels as profile_panels
from backend.profile import staff_routes as profile_staff_routes
from backend.programme import panels as programme_panels
from backend.programme import staff_routes as programme_staff_routes
from backend.repayment_plans import audit as plan_audit
from backend.repayment_plans import handlers as plan_handlers
from backend.repayment_plans import jobs as plan_jobs
from backend.repayment_plans import panels as plan_panels
from backend.repayment_plans import queries as plan_queries
from backend.repayment_plans import routes as plan_routes
from backend.repayment_plans import staff_routes as plan_staff_routes
from backend.staff import jobs as staff_jobs
from backend.staff import routes as staff_account_routes
from backend.staff import service as staff
from backend.staff import staff_routes
from backend.streaks import routes as streak_routes
from backend.tiers import audit as tier_audit
from backend.tiers import handlers as tier_handlers
from backend.tiers import jobs as tier_jobs
from backend.tiers import panels as tier_panels
from backend.tiers import routes as tier_routes
from backend.tiers import staff_routes as tier_staff_routes

WIRING = Wiring(
    blueprints=(
        auth_routes.blp,
        auth_routes.own_blp,
        oauth_routes.blp,
        client_routes.blp,
        borrower_routes.blp,
        borrower_staff_routes.blp,
        consent_routes.blp,
        loan_routes.blp,
        streak_routes.blp,
        loan_staff_routes.blp,
        plan_quote_routes.blp,
        ingest_routes.blp,
        core_instruction_routes.blp,
        benefit_routes.core_blp,
        benefit_routes.blp,
        benefit_staff_routes.blp,
        plan_routes.blp,
        plan_staff_routes.blp,
        profile_staff_routes.blp,
        programme_staff_routes.blp,
        tier_routes.blp,
        tier_staff_routes.blp,
        staff_routes.blp,
        staff_account_routes.blp,
        auth_staff_routes.blp,
    ),
    handlers=(
        *loan_handlers.HANDLERS,
        *profile_handlers.HANDLERS,
        *tier_handlers.HANDLERS,
        *benefit_handlers.HANDLERS,
        *plan_handlers.HANDLERS,
    ),
    # In the order of a night: what is late, the facts, the tiers, then tidying.
    jobs=(
        *loan_jobs.JOBS,
        *plan_jobs.JOBS,
        *profile_jobs.JOBS,
        *tier_jobs.JOBS,
        *benefit_jobs.JOBS,
        *plan_quote_jobs.JOBS,
        *staff_jobs.JOBS,
        *auth_jobs.JOBS,
    ),
    audits=(*loan_audit.AUDITS, *tier_audit.AUDITS, *benefit_audit.AUDITS, *plan_audit.AUDITS),
    plans_so_far=plan_queries.plans_so_far,
    demo=(benefit_demo.fill,),
    sealed=(
        *borrowers.SEALED,
        *staff.SEALED,
        *idempotency.SEALED,
        *otp.SEALED,
        *plan_quote_signing.SEALED,
        *plan_queries.SEALED,
    ),
    hashed=borrowers.HASHED,
    borrower_panels={
        **loan_panels.PANELS,
        **contact_panels.PANELS,
        **profile_panels.PANELS,
        **programme_panels.PANELS,
        **tier_panels.PANELS,
        **plan_panels.PANELS,
    },
    unheard={
        PlanReliefStarted: "for the inbox: her relief goes on because the lender is late",
        PlanCureReminded: "for the inbox: the one reminder of a broken plan",
    },
)

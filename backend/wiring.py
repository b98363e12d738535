"""What the backend's own features plug into the application."""

from backend.auth import (
    account_pages,
    client_routes,
    console_pages,
    enrolment_pages,
    oauth_routes,
)
from backend.auth import jobs as auth_jobs
from backend.auth import routes as auth_routes
from backend.auth import staff_routes as auth_staff_routes
from backend.auth.service import otp
from backend.benefits import audit as benefit_audit
from backend.benefits import configuration as benefit_configuration
from backend.benefits import demo as benefit_demo
from backend.benefits import handlers as benefit_handlers
from backend.benefits import jobs as benefit_jobs
from backend.benefits import pages as benefit_pages
from backend.benefits import routes as benefit_routes
from backend.benefits import service as benefits
from backend.benefits import staff_routes as benefit_staff_routes
from backend.benefits import waiver_pages, waiver_staff_routes
from backend.benefits import work as benefit_work
from backend.borrowers import pages as borrower_pages
from backend.borrowers import routes as borrower_routes
from backend.borrowers import service as borrowers
from backend.borrowers import staff_routes as borrower_staff_routes
from backend.configuration import staff_routes as configuration_routes
from backend.consents import routes as consent_routes
from backend.contacts import audit as contact_audit
from backend.contacts import handlers as contact_handlers
from backend.contacts import pages as contact_pages
from backend.contacts import panels as contact_panels
from backend.contacts import routes as contact_routes
from backend.contacts import service as contacts
from backend.contacts import staff_routes as contact_staff_routes
from backend.core_instructions import routes as core_instruction_routes
from backend.disputes import pages as dispute_pages
from backend.disputes import panels as dispute_panels
from backend.disputes import routes as dispute_routes
from backend.disputes import service as disputes
from backend.disputes import staff_routes as dispute_staff_routes
from backend.disputes import work as dispute_work
from backend.documents import contents as document_contents
from backend.documents import jobs as document_jobs
from backend.documents import pages as document_pages
from backend.documents import routes as document_routes
from backend.documents import staff_routes as document_staff_routes
from backend.events.webhooks import WebhookEndpointDisabled
from backend.evidence import audit as evidence_audit
from backend.evidence import jobs as evidence_jobs
from backend.evidence import routes as evidence_routes
from backend.evidence import service as evidence
from backend.evidence import witnessing as evidence_witnessing
from backend.evidence_desk import pages as evidence_desk_pages
from backend.evidence_desk import staff_routes as evidence_desk_routes
from backend.hardship import audit as hardship_audit
from backend.hardship import contents as hardship_contents
from backend.hardship import demo as hardship_demo
from backend.hardship import fund_routes as hardship_fund_routes
from backend.hardship import jobs as hardship_jobs
from backend.hardship import pages as hardship_pages
from backend.hardship import routes as hardship_routes
from backend.hardship import staff_routes as hardship_staff_routes
from backend.hardship import work as hardship_work
from backend.ingest import routes as ingest_routes
from backend.kit import idempotency
from backend.kit.ports import HomePanel
from backend.kit.wiring import Wiring
from backend.loans import audit as loan_audit
from backend.loans import handlers as loan_handlers
from backend.loans import jobs as loan_jobs
from backend.loans import panels as loan_panels
from backend.loans import routes as loan_routes
from backend.loans import staff_routes as loan_staff_routes
from backend.loans import work as loan_work
from backend.metrics import jobs as metric_jobs
from backend.metrics import pages as metric_pages
from backend.metrics import staff_routes as metric_staff_routes
from backend.plan_quotes import jobs as plan_quote_jobs
from backend.plan_quotes import routes as plan_quote_routes
from backend.plan_quotes import signing as plan_quote_signing
from backend.procedures import audit as procedure_audit
from backend.procedures import handlers as procedure_handlers
from backend.procedures import jobs as procedure_jobs
from backend.procedures import panels as procedure_panels
from backend.procedures import routes as procedure_routes
from backend.procedures import service as procedures
from backend.procedures import staff_routes as procedure_staff_routes
from backend.procedures import work as procedure_work
from backend.profile import handlers as profile_handlers
from backend.profile import jobs as profile_jobs
from backend.profile import panels as profile_panels
from backend.profile import staff_routes as profile_staff_routes
from backend.programme import panels as programme_panels
from backend.programme import staff_routes as programme_staff_routes
from backend.promises import handlers as promise_handlers
from backend.promises import jobs as promise_jobs
from backend.promises import pages as promise_pages
from backend.promises import panels as promise_panels
from backend.promises import routes as promise_routes
from backend.promises import staff_routes as promise_staff_routes
from backend.promises import work as promise_work
from backend.repayment_plans import audit as plan_audit
from backend.repayment_plans import configuration as plan_configuration
from backend.repayment_plans import figures as plan_figures
from backend.repayment_plans import handlers as plan_handlers
from backend.repayment_plans import jobs as plan_jobs
from backend.repayment_plans import pages as plan_pages
from backend.repayment_plans import panels as plan_panels
from backend.repayment_plans import queries as plan_queries
from backend.repayment_plans import routes as plan_routes
from backend.repayment_plans import staff_routes as plan_staff_routes
from backend.repayment_plans import work as plan_work
from backend.staff import jobs as staff_jobs
from backend.staff import pages as staff_pages
from backend.staff import pages_operation as staff_operation_pages
from backend.staff import pages_people as staff_people_pages
from backend.staff import routes as staff_account_routes
from backend.staff import service as staff
from backend.staff import staff_routes
from backend.staff.wording import CHANGE_STATES, PARKED
from backend.streaks import routes as streak_routes
from backend.tiers import audit as tier_audit
from backend.tiers import configuration as tier_configuration
from backend.tiers import editor_pages as tier_editor_pages
from backend.tiers import figures as tier_figures
from backend.tiers import handlers as tier_handlers
from backend.tiers import jobs as tier_jobs
from backend.tiers import panels as tier_panels
from backend.tiers import routes as tier_routes
from backend.tiers import staff_routes as tier_staff_routes
from backend.tiers import work as tier_work
from backend.webhooks import handlers as webhook_handlers
from backend.webhooks import jobs as webhook_jobs
from backend.webhooks import message_schemas as webhook_messages
from backend.webhooks import routes as webhook_routes
from backend.webhooks import sender as webhook_sender
from backend.webhooks import staff_routes as webhook_staff_routes
from backend.webhooks.service import endpoints as webhook_endpoints
from backend.work_list import borrower_pages as picture_pages
from backend.work_list import pages as work_list_pages
from backend.work_list import staff_routes as work_list_staff_routes

WIRING = Wiring(
    pages=(
        console_pages.blp,
        console_pages.out_blp,
        enrolment_pages.blp,
        benefit_pages.blp,
        account_pages.blp,
        staff_pages.blp,
        work_list_pages.blp,
        borrower_pages.blp,
        picture_pages.blp,
        plan_pages.blp,
        contact_pages.blp,
        document_pages.blp,
        promise_pages.blp,
        waiver_pages.blp,
        hardship_pages.blp,
        dispute_pages.blp,
        staff_operation_pages.jobs_blp,
        staff_operation_pages.actions_blp,
        staff_people_pages.accounts_blp,
        staff_people_pages.changes_blp,
        metric_pages.blp,
        tier_editor_pages.blp,
        evidence_desk_pages.blp,
    ),
    home_panels=(
        HomePanel(
            "work_list.read",
            work_list_pages.TITLE,
            work_list_pages.WORK,
            work_list_pages.count_waiting,
        ),
        HomePanel(
            "jobs.retry",
            PARKED["title"],
            "/console/jobs/parked-deliveries",
            staff_operation_pages.count_parked,
        ),
        HomePanel(
            "staff.write",
            CHANGE_STATES["pending"],
            "/console/role-changes",
            staff_people_pages.count_changes,
        ),
    ),
    blueprints=(
        auth_routes.blp,
        auth_routes.own_blp,
        evidence_routes.blp,
        evidence_routes.own_blp,
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
        contact_routes.blp,
        contact_staff_routes.blp,
        benefit_routes.core_blp,
        benefit_routes.blp,
        benefit_staff_routes.blp,
        waiver_staff_routes.blp,
        promise_routes.blp,
        promise_staff_routes.blp,
        dispute_routes.blp,
        dispute_staff_routes.blp,
        procedure_routes.blp,
        procedure_staff_routes.blp,
        work_list_staff_routes.blp,
        document_routes.blp,
        document_staff_routes.blp,
        hardship_routes.blp,
        hardship_staff_routes.blp,
        hardship_fund_routes.blp,
        plan_routes.blp,
        plan_staff_routes.blp,
        profile_staff_routes.blp,
        programme_staff_routes.blp,
        tier_routes.blp,
        tier_staff_routes.blp,
        staff_routes.blp,
        staff_account_routes.blp,
        auth_staff_routes.blp,
        webhook_routes.blp,
        webhook_staff_routes.blp,
        configuration_routes.blp,
        metric_staff_routes.blp,
        evidence_desk_routes.blp,
    ),
    handlers=(
        *loan_handlers.HANDLERS,
        *profile_handlers.HANDLERS,
        *tier_handlers.HANDLERS,
        *contact_handlers.HANDLERS,
        *benefit_handlers.HANDLERS,
        *promise_handlers.HANDLERS,
        *procedure_handlers.HANDLERS,
        *webhook_handlers.HANDLERS,
        *plan_handlers.HANDLERS,
    ),
    # In the order of a night: what is late, the facts, the tiers, then tidying.
    jobs=(
        *loan_jobs.JOBS,
        *promise_jobs.JOBS,
        *plan_jobs.JOBS,
        *profile_jobs.JOBS,
        *tier_jobs.JOBS,
        *document_jobs.JOBS,
        *benefit_jobs.JOBS,
        *hardship_jobs.JOBS,
        *procedure_jobs.JOBS,
        *plan_quote_jobs.JOBS,
        *staff_jobs.JOBS,
        *auth_jobs.JOBS,
        *evidence_jobs.JOBS,
        *evidence_witnessing.JOBS,
        *webhook_jobs.JOBS,
        *metric_jobs.JOBS,
    ),
    loops=webhook_sender.LOOPS,
    audits=(
        *loan_audit.AUDITS,
        *tier_audit.AUDITS,
        *benefit_audit.AUDITS,
        *hardship_audit.AUDITS,
        *plan_audit.AUDITS,
        *procedure_audit.AUDITS,
        *evidence_audit.AUDITS,
        *contact_audit.AUDITS,
    ),
    plans_so_far=plan_queries.plans_so_far,
    config_sources=(
        tier_configuration.SOURCE,
        plan_configuration.SOURCE,
        benefit_configuration.SOURCE,
    ),
    demo=(benefit_demo.fill, hardship_demo.fill),
    sealed=(
        *borrowers.SEALED,
        *staff.SEALED,
        *idempotency.SEALED,
        *otp.SEALED,
        *benefits.SEALED,
        *disputes.SEALED,
        *contacts.SEALED,
        *procedures.SEALED,
        *document_contents.SEALED,
        *hardship_contents.SEALED,
        *evidence.SEALED,
        *webhook_endpoints.SEALED,
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
        **promise_panels.PANELS,
        **dispute_panels.PANELS,
        **procedure_panels.PANELS,
        **plan_panels.PANELS,
    },
    daily_figures={**tier_figures.FIGURES, **plan_figures.FIGURES},
    work_sources=(
        loan_work.SOURCE,
        tier_work.SOURCE,
        *benefit_work.SOURCES,
        plan_work.SOURCE,
        promise_work.SOURCE,
        dispute_work.SOURCE,
        hardship_work.SOURCE,
        *procedure_work.SOURCES,
    ),
    unheard={
        WebhookEndpointDisabled: "told to staff by their list of endpoints and the log",
    },
    messages=webhook_messages.MESSAGES,
)

"""What rewards plugs into the application."""

from backend.kit.wiring import Wiring
from rewards.badges import audit as badge_audit
from rewards.badges import configuration as badge_configuration
from rewards.badges import handlers as badge_handlers
from rewards.badges import jobs as badge_jobs
from rewards.badges import pages as badge_pages
from rewards.badges import panels as badge_panels
from rewards.badges import routes as badge_routes
from rewards.badges import staff_routes as badge_staff_routes
from rewards.campaigns import audit as campaign_audit
from rewards.campaigns import configuration as campaign_configuration
from rewards.campaigns import demo as campaign_demo
from rewards.campaigns import desk_panels as campaign_desk_panels
from rewards.campaigns import handlers as campaign_handlers
from rewards.campaigns import jobs as campaign_jobs
from rewards.campaigns import pages as campaign_pages
from rewards.campaigns import pages_build as campaign_building_pages
from rewards.campaigns import pages_replay as campaign_replay_pages
from rewards.campaigns import pages_results as campaign_results_pages
from rewards.campaigns import panels as campaign_panels
from rewards.campaigns import results_routes as campaign_results_routes
from rewards.campaigns import routes as campaign_routes
from rewards.campaigns import staff_routes as campaign_staff_routes
from rewards.catalogue import audit as catalogue_audit
from rewards.catalogue import configuration as catalogue_configuration
from rewards.catalogue import demo as catalogue_demo
from rewards.catalogue import jobs as catalogue_jobs
from rewards.catalogue import pages as catalogue_pages
from rewards.catalogue import routes as catalogue_routes
from rewards.catalogue import service as catalogue
from rewards.catalogue import staff_routes as catalogue_staff_routes
from rewards.credentials import audit as credential_audit
from rewards.credentials import handlers as credential_handlers
from rewards.credentials import routes as credential_routes
from rewards.credentials import service as credentials
from rewards.credentials import verify_routes as credential_verify_routes
from rewards.credentials.service import signers as issuer_keys
from rewards.points import audit as points_audit
from rewards.points import configuration as points_configuration
from rewards.points import figures as points_figures
from rewards.points import handlers as points_handlers
from rewards.points import jobs as points_jobs
from rewards.points import pages as points_pages
from rewards.points import panels as points_panels
from rewards.points import routes as points_routes
from rewards.points import staff_routes as points_staff_routes
from rewards.points.forecast import forecast_points
from rewards.referrals import handlers as referral_handlers
from rewards.referrals import jobs as referral_jobs
from rewards.referrals import routes as referral_routes
from rewards.referrals import staff_routes as referral_staff_routes

WIRING = Wiring(
    pages=(
        campaign_pages.blp,
        campaign_building_pages.blp,
        campaign_replay_pages.blp,
        campaign_results_pages.blp,
        badge_pages.blp,
        catalogue_pages.blp,
        points_pages.blp,
    ),
    blueprints=(
        badge_routes.blp,
        badge_routes.pictures,
        badge_staff_routes.blp,
        credential_routes.blp,
        credential_verify_routes.blp,  # the public ones', with the check of a badge
        points_routes.blp,
        points_staff_routes.blp,
        campaign_routes.blp,
        campaign_staff_routes.blp,
        campaign_results_routes.blp,
        catalogue_routes.blp,
        catalogue_staff_routes.blp,
        referral_routes.blp,
        referral_staff_routes.blp,
    ),
    home_panels=campaign_desk_panels.HOME_PANELS,
    handlers=(
        *points_handlers.HANDLERS,
        *badge_handlers.HANDLERS,
        *credential_handlers.HANDLERS,
        *referral_handlers.HANDLERS,
        *campaign_handlers.HANDLERS,
    ),
    jobs=(
        *points_jobs.JOBS,
        *badge_jobs.JOBS,
        *catalogue_jobs.JOBS,
        *referral_jobs.JOBS,
        *campaign_jobs.JOBS,
    ),
    loops=campaign_jobs.LOOPS,
    audits=(
        *points_audit.AUDITS,
        *badge_audit.AUDITS,
        *credential_audit.AUDITS,
        *catalogue_audit.AUDITS,
        *campaign_audit.AUDITS,
    ),
    sealed=(*catalogue.SEALED, *credentials.SEALED),
    hashed=catalogue.HASHED,
    config_sources=(
        points_configuration.SOURCE,
        badge_configuration.SOURCE,
        catalogue_configuration.SOURCE,
        campaign_configuration.SOURCE,
    ),
    daily_figures=points_figures.FIGURES,
    demo=(catalogue_demo.fill,),
    demo_of_history=(campaign_demo.fill,),
    points_forecast=forecast_points,
    issuer_keys=issuer_keys,
    borrower_panels={**points_panels.PANELS, **badge_panels.PANELS, **campaign_panels.PANELS},
)

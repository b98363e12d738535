"""What community plugs into the application."""

from backend.events.community import PostRemoved
from backend.kit.idempotency import SEALED_WALLED
from backend.kit.wiring import Audit, Wiring
from community import ports, wall
from community.appeals import routes as appeal_routes
from community.cases import figures as case_figures
from community.comments import routes as comment_routes
from community.desk import pages as desk_pages
from community.desk import pages_decisions as decision_pages
from community.desk import panels as desk_panels
from community.desk import staff_routes as desk_routes
from community.members import routes as member_routes
from community.moderation import handlers as moderation_handlers
from community.moderation import jobs as moderation_jobs
from community.moderation import service as moderation
from community.moderation import watch as moderation_watch
from community.posts import demo as post_demo
from community.posts import routes as post_routes
from community.reactions import routes as reaction_routes
from community.reports import routes as report_routes
from community.rulebook import pages as rulebook_pages
from community.rulebook import routes as rulebook_routes
from community.rulebook import staff_routes as rulebook_staff_routes
from community.sanctions import service as sanctions
from community.standing import routes as standing_routes
from community.topics import routes as topic_routes
from community.unmasking import audit as unmasking_audit
from community.unmasking import pages as unmasking_pages
from community.unmasking import staff_routes as unmasking_routes
from community.writings import audit as writing_audit
from community.writings import jobs as writing_jobs

ports.configure(
    open_case=moderation.open_case,
    close_case=moderation.withdraw,
    barred_until=sanctions.barred_until,
    suspended_until=sanctions.suspended_until,
)

WIRING = Wiring(
    blueprints=(
        rulebook_routes.blp,
        rulebook_staff_routes.blp,
        standing_routes.blp,
        member_routes.blp,
        topic_routes.blp,
        post_routes.blp,
        comment_routes.blp,
        reaction_routes.blp,
        report_routes.blp,
        appeal_routes.blp,
        desk_routes.blp,
        unmasking_routes.blp,
    ),
    pages=(desk_pages.blp, decision_pages.blp, rulebook_pages.blp, unmasking_pages.blp),
    home_panels=desk_panels.HOME_PANELS,
    handlers=moderation_handlers.HANDLERS,
    jobs=(*moderation_jobs.JOBS, *writing_jobs.JOBS),
    audits=(
        Audit(name="community-wall", run=wall.audit),
        *unmasking_audit.AUDITS,
        *writing_audit.AUDITS,
    ),
    daily_figures=case_figures.FIGURES,
    demo=(post_demo.fill,),
    sealed=SEALED_WALLED,
    crisis_waits=moderation_watch.crisis_waits,
    unheard={
        PostRemoved: "the decision that took it down is told, once, by MemberSanctioned",
    },
)

"""What community plugs into the application."""

from backend.events.community import PostHeld, PostRemoved
from backend.kit.idempotency import SEALED_WALLED
from backend.kit.wiring import Audit, Wiring
from community import wall
from community.comments import routes as comment_routes
from community.members import routes as member_routes
from community.posts import demo as post_demo
from community.posts import routes as post_routes
from community.reactions import routes as reaction_routes
from community.rulebook import routes as rulebook_routes
from community.rulebook import staff_routes as rulebook_staff_routes
from community.topics import routes as topic_routes
from community.writings import audit as writing_audit
from community.writings import jobs as writing_jobs

WIRING = Wiring(
    blueprints=(
        rulebook_routes.blp,
        rulebook_staff_routes.blp,
        member_routes.blp,
        topic_routes.blp,
        post_routes.blp,
        comment_routes.blp,
        reaction_routes.blp,
    ),
    audits=(Audit(name="community-wall", run=wall.audit), *writing_audit.AUDITS),
    jobs=writing_jobs.JOBS,
    demo=(post_demo.fill,),
    sealed=SEALED_WALLED,
    unheard={
        PostHeld: "for the inbox, which will tell her without a word of it",
        PostRemoved: "for the inbox, which will tell her without a word of it",
    },
)

"""What community plugs into the application."""

from backend.events.community import PostHeld, PostRemoved, ProtectiveHold
from backend.kit.idempotency import SEALED_WALLED
from backend.kit.wiring import Audit, Wiring
from community import wall
from community.comments import routes as comment_routes
from community.members import routes as member_routes
from community.posts import routes as post_routes
from community.reactions import routes as reaction_routes
from community.topics import routes as topic_routes

WIRING = Wiring(
    blueprints=(
        member_routes.blp,
        topic_routes.blp,
        post_routes.blp,
        comment_routes.blp,
        reaction_routes.blp,
    ),
    audits=(Audit(name="community-wall", run=wall.audit),),
    sealed=SEALED_WALLED,
    unheard={
        PostHeld: "for the inbox, which will tell her without a word of it",
        PostRemoved: "for the inbox, which will tell her without a word of it",
        ProtectiveHold: "contacts will keep quiet; nobody sets one yet",
    },
)

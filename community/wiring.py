"""What community plugs into the application."""

from backend.events.community import PostHeld, PostRemoved, ProtectiveHold
from backend.kit.idempotency import SEALED_WALLED
from backend.kit.wiring import Audit, Wiring
from community import wall

WIRING = Wiring(
    audits=(Audit(name="community-wall", run=wall.audit),),
    sealed=SEALED_WALLED,
    unheard={
        PostHeld: "for the inbox, which will tell her without a word of it",
        PostRemoved: "for the inbox, which will tell her without a word of it",
        ProtectiveHold: "contacts will keep quiet; nobody sets one yet",
    },
)

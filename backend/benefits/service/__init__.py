"""What changes benefits. One verb for each use case; none of them commits."""

from backend.benefits.service.endings import end_beyond_date, end_of_leavers, end_of_misfits
from backend.benefits.service.grants import (
    acknowledge,
    activate,
    decline,
    grant_benefit,
    revoke,
)
from backend.benefits.service.guard import follow_facts, undo_guard
from backend.benefits.service.packs import (
    create_pack,
    edit_draft,
    find_offer_bounds,
    offer_range,
    publish_version,
    write_draft,
)
from backend.benefits.service.proofs import record_proof
from backend.benefits.service.waivers import offset_penalties, waive_months

__all__ = [
    "acknowledge",
    "activate",
    "create_pack",
    "decline",
    "edit_draft",
    "end_beyond_date",
    "end_of_leavers",
    "end_of_misfits",
    "find_offer_bounds",
    "follow_facts",
    "grant_benefit",
    "offer_range",
    "offset_penalties",
    "publish_version",
    "record_proof",
    "revoke",
    "undo_guard",
    "waive_months",
    "write_draft",
]

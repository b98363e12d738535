"""What changes benefits. One verb for each use case; none of them commits."""

from backend.benefits.service.endings import end_beyond_date, end_of_leavers, end_of_misfits
from backend.benefits.service.gifts import give_gift, take_gift_back
from backend.benefits.service.grants import (
    acknowledge,
    activate,
    decline,
    grant_benefit,
    revoke,
)
from backend.benefits.service.guard import follow_facts, undo_guard
from backend.benefits.service.negotiations import (
    claim_negotiation,
    give_negotiation_back,
    waive_charge,
    waive_periods,
)
from backend.benefits.service.packs import (
    create_pack,
    edit_draft,
    find_offer_bounds,
    offer_range,
    publish_version,
    write_draft,
)
from backend.benefits.service.proofs import record_document, record_proof
from backend.benefits.service.requests import (
    SEALED,
    decide_request,
    request_waiver,
    withdraw_request,
)
from backend.benefits.service.waivers import offset_penalties, waive_months

__all__ = [
    "SEALED",
    "acknowledge",
    "activate",
    "claim_negotiation",
    "create_pack",
    "decide_request",
    "decline",
    "edit_draft",
    "end_beyond_date",
    "end_of_leavers",
    "end_of_misfits",
    "find_offer_bounds",
    "follow_facts",
    "give_gift",
    "give_negotiation_back",
    "grant_benefit",
    "offer_range",
    "offset_penalties",
    "publish_version",
    "record_document",
    "record_proof",
    "request_waiver",
    "revoke",
    "take_gift_back",
    "undo_guard",
    "waive_charge",
    "waive_months",
    "waive_periods",
    "withdraw_request",
    "write_draft",
]

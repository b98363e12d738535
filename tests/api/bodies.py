"""What each staff door with a borrower behind it is sent."""

from datetime import timedelta
from typing import Any

from tests.clock import TODAY
from tests.factories.procedures import DOCUMENT_ID

# Who packs what was chosen may see no borrower, and is known to her all the same.
ADVANCE = "POST /v1/staff/borrowers/<uuid:borrower_id>/redemptions/<uuid:redemption_id>/advance"
DECIDE = "POST /v1/staff/borrowers/<uuid:borrower_id>/referral/decide"
ADJUSTMENTS = "POST /v1/staff/borrowers/<uuid:borrower_id>/points-adjustments"
PROMISES = "POST /v1/staff/borrowers/<uuid:borrower_id>/promises"
OVERRIDE = {"tier": "fine", "reason": "Bank error.", "expires_on": str(TODAY + timedelta(days=9))}
REASON = {"reason": "By mistake."}
BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/staff/borrowers/<uuid:borrower_id>/enrolment": {
        "status": "paused",
        "reason": "She asked for it.",
    },
    "POST /v1/staff/borrowers/<uuid:borrower_id>/tier-reviews/<uuid:review_id>/decide": {
        "outcome": "upheld",
        "answer": "We looked at it again.",
    },
    "POST /v1/staff/borrowers/<uuid:borrower_id>/tier-override": OVERRIDE,
    "POST /v1/staff/borrowers/<uuid:borrower_id>/benefit-proofs": {
        "kind": "income",
        "document_sha256": "ab" * 32,
        "issuer": "Employer",
        "expires_on": str(TODAY + timedelta(days=30)),
    },
    "POST /v1/staff/borrowers/<uuid:borrower_id>/benefits/<uuid:grant_id>/revoke": REASON,
    "POST /v1/staff/borrowers/<uuid:borrower_id>/points-adjustments": {
        "points": 5,
        "reason": "Told wrong.",
    },
    "POST /v1/staff/borrowers/<uuid:borrower_id>/badges/<uuid:award_id>/revoke": {
        "cause": "awarded_in_error",
        "note": "By mistake.",
    },
}
OF_DISPUTE = "POST /v1/staff/borrowers/<uuid:borrower_id>/disputes/<uuid:dispute_id>"
BODIES[f"{OF_DISPUTE}/ask"] = {"text": "On which day?"}
BODIES[f"{OF_DISPUTE}/decide"] = {
    "outcome": "rejected",
    "grounds": ["too_little_known"],
    "answer": "We looked.",
}
BODIES["POST /v1/staff/borrowers/<uuid:borrower_id>/waiver-requests/<uuid:request_id>/decide"] = {
    "outcome": "rejected",
    "grounds": ["proof_missing"],
    "answer": "We looked.",
}
BODIES["POST /v1/staff/borrowers/<uuid:borrower_id>/contacts"] = {
    "at": "2026-11-22T06:00:00Z",
    "channel": "call",
    "kind": "attempt",
}
PROCEDURES = "POST /v1/staff/borrowers/<uuid:borrower_id>/procedures"
BODIES[PROCEDURES] = {
    "ground": "forged_proof",
    "document_id": str(DOCUMENT_ID),
    "notice_channel": "email",
    "reason": "Upheld by another person.",
}
BODIES |= {
    f"{PROCEDURES}/<uuid:procedure_id>/{act}": {"reason": "So."}
    for act in ("withdraw", "terminate", "lift")
}
BODIES[f"{PROCEDURES}/<uuid:procedure_id>/decide"] = {"outcome": "dismissed", "reason": "So."}
QUERIES = {
    "GET /v1/staff/borrowers/<uuid:borrower_id>/procedures/<uuid:procedure_id>/hand-over.csv": {
        "part": "loans"
    }
}
BODIES[ADVANCE] = {"state": "confirmed"}
DOCUMENT = "POST /v1/staff/borrowers/<uuid:borrower_id>/documents/<uuid:document_id>"
HARDSHIP = "POST /v1/staff/borrowers/<uuid:borrower_id>/hardship-applications/<uuid:application_id>"
BODIES |= {
    f"{DOCUMENT}/verifications": {"outcome": "not_verified", "method": "compared"},
    f"{DOCUMENT}/suspicions": {"grounds": "The stamp looks odd."},
    f"{DOCUMENT}/benefit-proof": {"kind": "income"},
    "POST /v1/staff/borrowers/<uuid:borrower_id>/document-suspicions/<uuid:suspicion_id>/decide": {
        "outcome": "dismissed",
        "reason": "We asked them.",
    },
    f"{HARDSHIP}/questions": {"question": "Until when?"},
    f"{HARDSHIP}/decide": {
        "outcome": "declined",
        "grounds": ["sustainable"],
        "answer": "Let us talk.",
    },
    f"{HARDSHIP}/referrals": {"partner_code": "open_door"},
    f"{HARDSHIP}/fund-grants": {"amount_minor": 100, "currency": "CNY"},
    "POST /v1/staff/borrowers/<uuid:borrower_id>/fund-grants/<uuid:fund_grant_id>/reject": REASON,
}
BODIES[DECIDE] = {"outcome": "fine", "reason": "Her mother."}

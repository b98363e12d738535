"""What changes hardship. One verb for each use case; none of them commits."""

from backend.hardship.service.applications import Application, add_information, apply, withdraw
from backend.hardship.service.decisions import Decision, ask, decide, take_up
from backend.hardship.service.fund import (
    approve_grant,
    ask_top_up,
    decide_top_up,
    list_to_settle,
    propose_grant,
    reject_grant,
    settle_grant,
)
from backend.hardship.service.referrals import (
    agree,
    decline,
    list_unconsented,
    put_partner,
    suggest,
    withdraw_referral,
)
from backend.hardship.service.relief import list_due, move_on

__all__ = [
    "Application",
    "Decision",
    "add_information",
    "agree",
    "apply",
    "approve_grant",
    "ask",
    "ask_top_up",
    "decide",
    "decide_top_up",
    "decline",
    "list_due",
    "list_to_settle",
    "list_unconsented",
    "move_on",
    "propose_grant",
    "put_partner",
    "reject_grant",
    "settle_grant",
    "suggest",
    "take_up",
    "withdraw",
    "withdraw_referral",
]

"""What changes requests and plans. One verb for each use case; none of them commits."""

from backend.repayment_plans.service.answers import accept, answer, appeal, occasion_of, withdraw
from backend.repayment_plans.service.booking import follow_acknowledgement, follow_booking
from backend.repayment_plans.service.clock import follow_day
from backend.repayment_plans.service.decisions import Decision, decide
from backend.repayment_plans.service.following import follow_borrower
from backend.repayment_plans.service.freezes import offset_penalties
from backend.repayment_plans.service.keeping import follow_plan
from backend.repayment_plans.service.policies import publish_policy, write_policy
from backend.repayment_plans.service.requests import Asked, request_plan
from backend.repayment_plans.service.withdrawn import watch_withdrawn

__all__ = [
    "Asked",
    "Decision",
    "accept",
    "answer",
    "appeal",
    "decide",
    "follow_acknowledgement",
    "follow_booking",
    "follow_borrower",
    "follow_day",
    "follow_plan",
    "occasion_of",
    "offset_penalties",
    "publish_policy",
    "request_plan",
    "watch_withdrawn",
    "withdraw",
    "write_policy",
]

"""Requests and plans as their borrower reads them: where it stands, and what happens next."""

from collections.abc import Mapping
from typing import Any

from babel.dates import format_date

from backend.kit.db import AnyRow
from backend.kit.texts import Locale, Text
from backend.repayment_plans.rules import REASON_TEXTS, Reason, State

STATES: Mapping[State, Text] = {
    State.DRAFT: Text("Not sent yet", "尚未提交"),
    State.SUBMITTED: Text("We have your request", "申请已收到"),
    State.INFO_REQUESTED: Text("We have a question for you", "我们想向您了解一点情况"),
    State.UNDER_REVIEW: Text("A person is looking at it", "工作人员正在审核"),
    State.OFFERED: Text("Your plan is ready for you", "方案已为您准备好"),
    State.ACCEPTED: Text("You agreed", "您已同意"),
    State.COOLING_OFF: Text("Agreed; you can still step back", "已同意，您仍可反悔"),
    State.AWAITING_CORE: Text("Agreed; being set up", "已同意，正在办理"),
    State.ACTIVE: Text("Your plan is running", "方案进行中"),
    State.COMPLETED: Text("Done. You kept your plan", "已完成，您信守了约定"),
    State.BREACHED: Text("One instalment is still open", "有一期尚待完成"),
    State.CURED: Text("Back on your plan", "已回到方案中"),
    State.TERMINATED: Text("This plan has ended", "方案已结束"),
    State.REJECTED: Text("We could not agree to this one", "此方案未能通过"),
    State.WITHDRAWN: Text("You stepped back", "您已撤回"),
    State.EXPIRED: Text("Its time has passed", "已过有效期"),
    State.APPEALED: Text("Another person is looking at it again", "另一位工作人员正在复核"),
    State.CORE_DIFFERS: Text("We are checking the set-up", "我们正在核对办理结果"),
}
NEXT: Mapping[State, Text] = {
    State.DRAFT: Text("Send it when you are ready.", "准备好后即可提交。"),
    State.SUBMITTED: Text("You hear from us by {day}.", "我们将在 {day} 前答复您。"),
    State.INFO_REQUESTED: Text(
        "Tell us what we asked for by {day}, in a few words.", "请在 {day} 前简单告诉我们所需信息。"
    ),
    State.UNDER_REVIEW: Text(
        "A person answers by {day}. Until then there are no reminders.",
        "工作人员将在 {day} 前答复，在此期间不会有任何提醒。",
    ),
    State.OFFERED: Text(
        "Look at it in peace and decide by {day}.", "请您慢慢查看，并在 {day} 前决定。"
    ),
    State.ACCEPTED: Text("We are setting it up.", "我们正在为您办理。"),
    State.COOLING_OFF: Text(
        "You can step back until {day}; then everything is as it was before.",
        "{day} 前您可以反悔，一切将恢复原样。",
    ),
    State.AWAITING_CORE: Text(
        "It is set up by {day}. You need not do anything.", "将在 {day} 前办理完成，您无需操作。"
    ),
    State.ACTIVE: Text(
        "Pay each instalment by its day, until {day}.", "请按期还款，至 {day} 为止。"
    ),
    State.COMPLETED: Text("Nothing more to do. Well done.", "无需其他操作，做得很好。"),
    State.BREACHED: Text(
        "Pay what is open by {day}, and the plan goes on as before.",
        "请在 {day} 前补上未付款项，方案将照常继续。",
    ),
    State.CURED: Text(
        "Pay each instalment by its day, until {day}.", "请按期还款，至 {day} 为止。"
    ),
    State.TERMINATED: Text(
        "What was waived for you stays so. Talk to us about another way.",
        "已为您减免的部分不变，欢迎与我们商量其他办法。",
    ),
    State.REJECTED: Text(
        "Another person looks at it again if you wish, and you can ask for another quote.",
        "如您愿意，可由另一位工作人员复核，也可重新获取报价。",
    ),
    State.WITHDRAWN: Text("Nothing changed for you.", "您的安排没有变化。"),
    State.EXPIRED: Text("You can ask for a new quote at any time.", "您可随时重新获取报价。"),
    State.APPEALED: Text(
        "Another person answers by {day}. Until then there are no reminders.",
        "另一位工作人员将在 {day} 前答复，在此期间不会有任何提醒。",
    ),
    State.CORE_DIFFERS: Text(
        "What counts is what you agreed to. We put it right by {day}.",
        "以您同意的方案为准，我们将在 {day} 前更正。",
    ),
}
RELIEF = Text(
    "We are late with our answer, so your relief goes on by itself.",
    "我们的答复有所延迟，对您的照顾措施已自动延续。",
)
CAUSES: Mapping[str, Text] = {
    "requested": Text("You asked for it", "您提交了申请"),
    "beyond_limits": Text("A person looks at this one", "转由工作人员审核"),
    "accepted": Text("You agreed", "您同意了方案"),
    "withdrawn": Text("You stepped back", "您撤回了申请"),
    "answered": Text("You answered", "您已回复"),
    "appealed": Text("You asked for a second look", "您申请了复核"),
    "approve": Text("A person agreed", "工作人员已同意"),
    "reject": Text("A person could not agree", "工作人员未能同意"),
    "request_info": Text("A person asked you something", "工作人员向您询问"),
    "counter_offer": Text("A person made you another offer", "工作人员为您提供了另一方案"),
    "cooled_off": Text("The days for stepping back have passed", "冷静期已过"),
    "day_passed": Text("Its day has passed", "已过期限"),
    "booked": Text("It was set up as you agreed", "已按约定办理完成"),
    "booked_otherwise": Text("It was set up differently; we check", "办理结果有出入，正在核对"),
    "waived_otherwise": Text("Not all of it could be waived; we check", "未能全部减免，正在核对"),
    "waived": Text("It was waived as agreed", "已按约定减免"),
    "kept": Text("You paid the last instalment", "您已付清最后一期"),
    "missed": Text("An instalment was still open", "有一期尚未付清"),
    "made_good": Text("You made it good", "您已补上"),
    "reoffered": Text("A new offer for you", "为您提供了新方案"),
    "not_made_good": Text("A person looks for another way with you", "工作人员与您一起寻找办法"),
    "offer_lapsed": Text("A person looks for another way with you", "工作人员与您一起寻找办法"),
}
BY_POLICY = Text("Within what we agree to at once", "符合可即时同意的条件")


def stand_in_words(row: AnyRow, *, locale: Locale) -> dict[str, Any]:
    """Where a request stands, for its borrower."""
    state = State(row.state)
    day = format_date(row.due_on, format="long", locale=locale.replace("-", "_"))
    reason = Reason(row.reason)
    return {
        **row._mapping,
        "state_name": STATES[state].in_(locale),
        "next": NEXT[state].format(day=day).in_(locale),
        "reason": {"code": reason, "text": REASON_TEXTS[reason].in_(locale)},
        "relief": None if row.relief_since_on is None else RELIEF.in_(locale),
        "review_reasons": [Text.from_json(each).in_(locale) for each in row.review_reasons],
    }


def move_in_words(row: AnyRow, *, locale: Locale) -> dict[str, Any]:
    """One move of a request, for its borrower."""
    return {
        "state": row.to_state,
        "state_name": STATES[State(row.to_state)].in_(locale),
        "by": row.actor,
        "why": CAUSES.get(row.cause, BY_POLICY).in_(locale),
        "at": row.changed_at,
    }


def decision_in_words(row: AnyRow, *, locale: Locale) -> dict[str, Any]:
    """What staff decided, for its borrower; who it was is not told."""
    return {
        "outcome": row.outcome,
        "reasons": [
            {
                name: None if words is None else Text.from_json(words).in_(locale)
                for name, words in each.items()
            }
            for each in row.reasons
        ],
        "at": row.decided_at,
    }

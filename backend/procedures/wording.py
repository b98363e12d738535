"""A case as its borrower reads it: what it is, what she can do, where help is. No threat."""

from collections.abc import Mapping
from typing import Any

from backend.kit.texts import Locale, Text
from backend.procedures.rules import OPEN, Ground, State, may_reply

GROUNDS = {
    Ground.SILENCE: Text(
        "We tried to reach you several times and have not heard from you.",
        "我们多次尝试与您联系，但尚未收到您的回复。",
    ),
    Ground.FORGED_PROOF: Text(
        "We could not confirm that a document from you is genuine.",
        "我们未能确认您提交的一份材料的真实性。",
    ),
}
STATES = {
    State.NOTICE_SENT: Text("Waiting for your word", "等待您的回复"),
    State.REPLIED: Text("We have your answer", "已收到您的答复"),
    State.UPHELD: Text("Decided, not carried out yet", "已作出决定，尚未执行"),
    State.DISMISSED: Text("Settled in your favour", "已按有利于您的结果了结"),
    State.TERMINATED: Text("Your part in the programme has ended", "您的会员计划已结束"),
    State.WITHDRAWN: Text("Over, with nothing against you", "已撤回，对您没有任何影响"),
}
WORD_ENDS_IT = Text(
    "One word is enough: an answer here, a call, a payment of any size or a request for a plan ends"
    " this.",
    "只需您的一句话：在此答复、来电、任何金额的还款或提出还款计划申请，都会使此事结束。",
)
TELL_US = Text(
    "Please tell us in your own words how it came about, and add any document that helps. There may"
    " be a simple explanation.",
    "请用您自己的话告诉我们事情经过，并可附上任何有帮助的材料。也许原因很简单。",
)
NEXT = Text(
    "You have until {day}. After that another member of our team looks at everything; your part in"
    " the programme may then end. Waivers that you have earned stay yours.",
    "您可在 {day} 前答复。此后将由另一位同事全面核查，您的会员计划届时可能结束。"
    "您已获得的减免始终有效。",
)
ASK_AGAIN = Text(
    "If you see it differently, talk to us: another person will look at it again.",
    "如果您有不同看法，请与我们联系，将由另一位同事重新核查。",
)
NOTHING = Text("There is nothing that you need to do.", "您无需做任何事。")
HELP = Text(
    "You are not alone with this. Our team helps you to find a way, and independent advice on debts"
    " is free in many places.",
    "您并不孤单。我们的团队会帮您想办法，许多地方也提供免费的独立债务咨询。",
)


def in_words(case: Mapping[str, Any], *, locale: Locale) -> dict[str, Any]:
    """One case with what its codes mean."""
    state, ground = State(case["state"]), Ground(case["ground"])
    return {
        "id": case["id"],
        "ground": case["ground"],
        "ground_text": GROUNDS[ground].in_(locale),
        "state": case["state"],
        "state_text": STATES[state].in_(locale),
        "opened_at": case["opened_at"],
        "reply_until_on": case["reply_until_on"],
        "may_reply": may_reply(state, ground),
        "what_you_can_do": [each.in_(locale) for each in _steps(case, state, ground)],
        "help": HELP.in_(locale),
        "replies": [
            {"at": each["at"], "text": each["text"], "document_ids": each["document_ids"]}
            for each in case["replies"]
        ],
    }


def _steps(case: Mapping[str, Any], state: State, ground: Ground) -> list[Text]:
    if state is State.TERMINATED:
        return [ASK_AGAIN]
    if state not in OPEN:
        return [NOTHING]
    if not may_reply(state, ground):
        return [ASK_AGAIN]
    first = WORD_ENDS_IT if ground is Ground.SILENCE else TELL_US
    if state is State.UPHELD:
        return [first]
    return [first, NEXT.format(day=case["reply_until_on"].isoformat())]

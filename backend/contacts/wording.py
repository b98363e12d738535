"""The ledger as its borrower reads it: plain words, no blame, never a note."""

from typing import Any

from backend.contacts.rules import Actor, EntryKind, Outcome
from backend.events.contacts import Channel
from backend.kit.texts import Locale, Text

CHANNELS = {
    Channel.CALL: Text("Telephone", "电话"),
    Channel.SMS: Text("Text message", "短信"),
    Channel.PUSH: Text("Message in the app", "应用消息"),
    Channel.EMAIL: Text("E-mail", "电子邮件"),
    Channel.VISIT: Text("Visit", "上门拜访"),
}
KINDS = {
    EntryKind.ATTEMPT: Text("We tried to reach you.", "我们尝试与您联系。"),
    EntryKind.CONNECTED: Text("We reached you, and did not talk yet.", "已接通，但尚未交谈。"),
    EntryKind.CONVERSATION: Text("We talked with each other.", "我们与您进行了交谈。"),
    EntryKind.INBOUND: Text("You came to us. Thank you.", "您主动联系了我们，谢谢您。"),
    EntryKind.OPT_OUT: Text("You asked us not to use this channel.", "您要求我们不再使用此渠道。"),
    EntryKind.CEASE: Text("You asked us not to contact you.", "您要求我们不再与您联系。"),
    EntryKind.OPT_IN: Text("You opened this channel again.", "您重新开启了此渠道。"),
    EntryKind.NOTICE: Text("We sent you a notice.", "我们向您发送了一份通知。"),
}
OTHER_PERSON = Text(
    "Somebody else answered, and was told nothing about you.",
    "接听的是他人，我们未透露您的任何信息。",
)
OUTCOMES = {
    Outcome.SENT: Text("It was sent.", "已发送。"),
    Outcome.NO_ANSWER: Text("There was no answer.", "无人应答。"),
    Outcome.BUSY: Text("The line was busy.", "线路忙。"),
    Outcome.MESSAGE_LEFT: Text("We left a message.", "我们留了言。"),
    Outcome.NOT_DELIVERED: Text("It could not be delivered.", "未能送达。"),
    Outcome.HUNG_UP: Text("The call ended early.", "通话提前结束。"),
    Outcome.CALL_LATER: Text("You asked for another time.", "您希望改时间联系。"),
    Outcome.OTHER_PERSON: OTHER_PERSON,
    Outcome.INFORMED: Text("We told you how things stand.", "我们向您说明了情况。"),
    Outcome.PROMISED: Text("You named a day for a payment.", "您说明了付款日期。"),
    Outcome.ASKED_FOR_TIME: Text("You asked for time.", "您希望有更多时间。"),
    Outcome.ASKED_FOR_HELP: Text("You asked for help.", "您希望得到帮助。"),
    Outcome.DISAGREES: Text("You see it differently.", "您有不同意见。"),
}
ACTORS = {
    Actor.LENDER: Text("Our own team", "我们的团队"),
    Actor.AGENCY: Text("A company that works for us", "受我们委托的机构"),
}


def in_words(entry: Any, *, locale: Locale) -> dict[str, Any]:
    """One entry with what its codes mean."""
    outcome = entry["outcome"]
    kind = EntryKind(entry["kind"])
    said = OTHER_PERSON if outcome == Outcome.OTHER_PERSON else KINDS[kind]
    return {
        "id": entry["id"],
        "at": entry["at"],
        "channel": entry["channel"],
        "channel_text": CHANNELS[Channel(entry["channel"])].in_(locale),
        "kind": entry["kind"],
        "kind_text": said.in_(locale),
        "outcome": outcome,
        "outcome_text": None if outcome is None else OUTCOMES[Outcome(outcome)].in_(locale),
        "who": entry["actor"],
        "who_text": ACTORS[Actor(entry["actor"])].in_(locale),
        "contact": entry["contact"],
        "loan_id": entry["loan_id"],
    }

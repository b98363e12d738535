"""The ledger as its borrower reads it: plain words, no blame, never a note."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from backend.contacts.rules import Actor, EntryKind, Errand, Maker, Outcome
from backend.events.contacts import Channel, Purpose
from backend.kit.fields import instant_text
from backend.kit.spreadsheets import safe_cell
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

MACHINE = Text("Our system, by itself", "我们的系统自动发送")
YOU = Text("You", "您本人")
MESSAGE = Text("We sent you a message.", "我们向您发送了一条消息。")
PURPOSES: dict[str, Text] = {
    Purpose.SECURITY: Text("The safety of your account", "账户安全"),
    Purpose.RECEIPT: Text("A receipt of a payment", "付款回执"),
    Purpose.PLAN: Text("News of your repayment plan", "还款方案进展"),
    Purpose.REMINDER: Text("A reminder of a payment day", "还款日提醒"),
    Purpose.REWARD: Text("Points, badges and rewards", "积分、徽章与奖励"),
    Purpose.COMMUNITY: Text("News of the community", "社区动态"),
    Purpose.GREETING: Text("A greeting", "节日问候"),
    Purpose.MARKETING: Text("An offer", "优惠活动"),
    Errand.COLLECTION: Text("Your open payments", "待还款项"),
    Errand.CARE: Text("How you are doing", "关怀回访"),
    Errand.OPT_OUT_CONFIRMATION: Text(
        "That you switched a channel off, confirmed once", "确认您已关闭某一渠道（仅一次）"
    ),
    Errand.REMEDY_NOTICE: Text("A notice that the law asks for", "法律要求的通知"),
}
_NOT_THEN = Text("Not at times that you called inconvenient.", "不在您表示不便的时段。")
_OTHERS = Text("Nobody else is told about your loan.", "不向他人透露您的贷款。")
_OFF = Text("Not by a channel that you switched off.", "不使用您已关闭的渠道。")
RULES = {
    "CN.hours": Text(
        "Not between 22:00 and 08:00, unless you agreed to that time.",
        "22:00至次日8:00不联系您，除非您已同意该时段。",
    ),
    "CN.voice.connected_3_per_day": Text(
        "At most three answered calls a day.", "每日接通的电话最多三次。"
    ),
    "CN.voice.unanswered_6_per_contact_per_day": Text(
        "At most six unanswered calls a day to one telephone.",
        "每日对同一号码未接通的电话最多六次。",
    ),
    "CN.third_party": _OTHERS,
    "US.hours": Text(
        "Not before 08:00 and not from 21:00 on where you are.",
        "在您所在地8:00之前及21:00之后不联系您。",
    ),
    "US.hours.conflicting_location": Text(
        "When it is not sure where you are: only when it is day in each place.",
        "您的所在地不确定时，仅在各地均为白天时联系。",
    ),
    "US.borrower_window": _NOT_THEN,
    "US.calls.7in7": Text(
        "At most seven calls about one debt in seven days.", "同一债务七日内最多拨打七次电话。"
    ),
    "US.calls.after_conversation": Text(
        "No calls for seven days after a talk about the debt.", "就某笔债务通话后七日内不再致电。"
    ),
    "US.medium_opt_out": _OFF,
    "US.cease": Text(
        "After you asked us to stop: only a notice that the law asks for.",
        "在您要求停止联系后，仅可发送法律要求的通知。",
    ),
    "US.third_party": _OTHERS,
    "OWN.hours": Text("Only between 09:00 and 20:30.", "仅在9:00至20:30之间。"),
    "OWN.borrower_window": _NOT_THEN,
    "OWN.reminder.1_per_day": Text(
        "At most one reminder a day, over all channels.", "各渠道合计每日最多提醒一次。"
    ),
    "OWN.reminder.3_in_7_days": Text(
        "At most three reminders in seven days, over all channels.",
        "各渠道合计七日内最多提醒三次。",
    ),
    "OWN.hold": Text(
        "Not while a promise, a request or a question of yours is open.",
        "在您的承诺、申请或异议处理期间不提醒。",
    ),
    "OWN.quiet": Text("Not on days that are kept quiet for you.", "不在为您保留的安静日。"),
    "OWN.switched_off": _OFF,
}


def in_words(entry: Any, *, locale: Locale) -> dict[str, Any]:
    """One entry with what its codes mean."""
    outcome = entry["outcome"]
    kind = EntryKind(entry["kind"])
    made_by, purpose = Maker(entry["made_by"]), entry["purpose"]
    said = OTHER_PERSON if outcome == Outcome.OTHER_PERSON else KINDS[kind]
    who = {Maker.MACHINE: MACHINE, Maker.BORROWER: YOU}.get(made_by, ACTORS[Actor(entry["actor"])])
    return {
        "id": entry["id"],
        "at": entry["at"],
        "channel": entry["channel"],
        "channel_text": CHANNELS[Channel(entry["channel"])].in_(locale),
        "kind": entry["kind"],
        "kind_text": (MESSAGE if made_by is Maker.MACHINE else said).in_(locale),
        "outcome": outcome,
        "outcome_text": None if outcome is None else OUTCOMES[Outcome(outcome)].in_(locale),
        "who": entry["actor"] if made_by is Maker.STAFF else str(made_by),
        "who_text": who.in_(locale),
        "purpose": purpose,
        "purpose_text": None if purpose is None else PURPOSES[purpose].in_(locale),
        "rules": [
            {"id": rule_id, "text": RULES[rule_id].in_(locale)}
            for rule_id in entry["rule_ids"] or ()
        ],
        "contact": entry["contact"],
        "loan_id": entry["loan_id"],
    }


COLUMNS = (
    *("at", "channel", "channel_text", "kind", "kind_text", "outcome", "outcome_text"),
    *("who", "who_text", "purpose", "purpose_text", "contact", "loan_id"),
)


def as_csv(entries: Iterable[Any], *, locale: Locale) -> str:
    """Her ledger to take along: codes for programs, words for her."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, "rule_ids"])
    for entry in entries:
        words = in_words(entry, locale=locale) | {"at": instant_text(entry["at"])}
        rule_ids = " ".join(rule["id"] for rule in words["rules"])
        writer.writerow([safe_cell(words[name]) for name in COLUMNS] + [safe_cell(rule_ids)])
    return out.getvalue()

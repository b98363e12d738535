"""What the page of contacts says, to staff: before a contact, and after it."""

from collections.abc import Mapping

from backend.contacts.rules import OUTCOMES, EntryKind, Errand, Outcome
from backend.events.contacts import Purpose
from backend.kit.texts import Text

# What a person reaches her for; machines have purposes of their own.
PURPOSES: Mapping[str, Text] = {
    Errand.CARE: Text("How she is doing", "关怀回访"),
    Purpose.PLAN: Text("Her plan or request", "还款方案进展"),
    Errand.COLLECTION: Text("Open payments", "待还款项"),
    Errand.REMEDY_NOTICE: Text("A notice that the law asks for", "法律要求的通知"),
}
KINDS: Mapping[EntryKind, Text] = {
    EntryKind.ATTEMPT: Text("Tried", "已尝试"),
    EntryKind.CONNECTED: Text("Answered, no talk", "已接通未交谈"),
    EntryKind.CONVERSATION: Text("Talked", "已交谈"),
    EntryKind.INBOUND: Text("She came to us", "客户主动联系"),
    EntryKind.OPT_OUT: Text("She does not want this channel any more", "客户要求停用此渠道"),
    EntryKind.CEASE: Text("She wants no contact any more", "客户要求停止联系"),
    EntryKind.OPT_IN: Text("She wants this channel again", "客户重新启用此渠道"),
    EntryKind.NOTICE: Text("Notice", "通知"),
}
RESULTS: Mapping[Outcome, Text] = {
    Outcome.SENT: Text("sent", "已发送"),
    Outcome.NO_ANSWER: Text("no answer", "无人应答"),
    Outcome.BUSY: Text("busy", "占线"),
    Outcome.MESSAGE_LEFT: Text("message left", "已留言"),
    Outcome.NOT_DELIVERED: Text("not delivered", "未送达"),
    Outcome.HUNG_UP: Text("ended early", "提前结束"),
    Outcome.CALL_LATER: Text("asked for another time", "要求改时间"),
    Outcome.OTHER_PERSON: Text("somebody else answered", "他人接听"),
    Outcome.INFORMED: Text("told how things stand", "已说明情况"),
    Outcome.PROMISED: Text("named a day for a payment", "说明了付款日期"),
    Outcome.ASKED_FOR_TIME: Text("asked for time", "希望延缓"),
    Outcome.ASKED_FOR_HELP: Text("asked for help", "请求帮助"),
    Outcome.DISAGREES: Text("sees it differently", "有不同意见"),
}
MADE_BY: Mapping[str, Text] = {
    "staff": Text("Staff", "工作人员"),
    "machine": Text("System", "系统"),
    "borrower": Text("She herself", "客户本人"),
}
EFFECTS: Mapping[str, Text] = {
    "block": Text("The law forbids it", "法律禁止"),
    "defer": Text("Our own rule: better later", "内部规则：建议延后"),
}
HINTS: Mapping[str, tuple[Text, ...]] = {
    Errand.CARE: (
        Text("Say who you are and ask whether the moment suits her.", "说明身份，询问是否方便。"),
        Text(
            "Ask how she is, and listen; nothing is asked of her.", "先关心近况并倾听，不提要求。"
        ),
        Text(
            "If she needs help, tell her of hardship help and of plans; both stop reminders.",
            "如需帮助，介绍困难帮扶与还款方案，两者均会暂停提醒。",
        ),
    ),
    Purpose.PLAN: (
        Text("Say who you are and ask whether the moment suits her.", "说明身份，询问是否方便。"),
        Text("Say where her request stands and what happens next.", "说明申请进展与下一步。"),
        Text(
            "Leave the choice to her; nothing is agreed by telephone.", "由客户决定，不作电话约定。"
        ),
    ),
    Errand.COLLECTION: (
        Text(
            "Say who you are, and speak of her loan to nobody but her.",
            "说明身份，仅与客户本人谈及贷款。",
        ),
        Text(
            "Say to the cent what is open and since when; ask what would fit.",
            "准确说明待还金额与时间，询问合适的安排。",
        ),
        Text(
            "Offer time, a plan or help. Do not press, and speak of no consequences.",
            "提供延缓、还款方案或帮扶，不施压，不提后果。",
        ),
    ),
    Errand.REMEDY_NOTICE: (
        Text(
            "Give the notice as it is written, and nothing beside it.",
            "按原文送达，不附加其他内容。",
        ),
    ),
}
PAGE = {
    "title": Text("Contacts", "联系"),
    "now": Text("What is allowed now", "当前是否允许"),
    "her_time": Text("It is {time} for her ({zone}).", "客户当地时间 {time}（{zone}）。"),
    "channel": Text("Channel", "渠道"),
    "purpose": Text("What for", "目的"),
    "allowed": Text("Allowed", "允许"),
    "later": Text("Better later", "建议延后"),
    "blocked": Text("Not now", "现在不可"),
    "from": Text("from {time} her time", "客户当地时间 {time} 起"),
    "never": Text("not by waiting", "等待也不可"),
    "before": Text("Before you reach her", "联系之前"),
    "check": Text("Check", "检查"),
    "about": Text("Which loan", "涉及贷款"),
    "no_loan": Text("None in particular", "不涉及特定贷款"),
    "verdict_yes": Text("You may reach her.", "可以联系。"),
    "verdict_later": Text(
        "The law allows it; our own rules would rather wait.", "法律允许；内部规则建议延后。"
    ),
    "verdict_no": Text("Do not reach her so now.", "现在请勿以此方式联系。"),
    "rules": Text("Rules", "规则"),
    "rule": Text("Rule", "规则"),
    "says": Text("What it says", "内容"),
    "source": Text("Source", "来源"),
    "hints": Text("A way to talk", "沟通提示"),
    "write": Text("Write down how it went", "记录联系情况"),
    "write_hint": Text(
        "Write down what happened, also where it should have waited. She can read it, without"
        " your note.",
        "如实记录，包括本应延后的联系。客户可以看到记录，但看不到备注。",
    ),
    "at": Text("When, in her local time", "时间（客户当地时间）"),
    "what": Text("What came of it", "结果"),
    "label": Text("Which telephone or address, by a label such as m1", "号码或地址标签，例如 m1"),
    "note": Text("Note, for staff", "备注（仅供工作人员）"),
    "save": Text("Write it down", "记录"),
    "saved": Text("Written down.", "已记录。"),
    "ledger": Text("Contact ledger", "联系记录"),
    "none": Text("Nothing is written down yet.", "尚无记录。"),
    "made_by": Text("By", "操作方"),
    "held_to": Text("Held to", "适用规则"),
    "held": Text("She is left in peace until {day}", "在 {day} 前免于打扰"),
}


def list_results() -> dict[str, Text]:
    """Everything that can have come of a contact: its kind, and of most kinds an outcome."""
    found: dict[str, Text] = {}
    for kind, outcomes in OUTCOMES.items():
        if not outcomes:
            found[f"{kind}:"] = KINDS[kind]
        for outcome in RESULTS:
            if outcome in outcomes:
                words, more = KINDS[kind], RESULTS[outcome]
                found[f"{kind}:{outcome}"] = Text(
                    f"{words.en}: {more.en}", f"{words.zh_cn}：{more.zh_cn}"
                )
    return found

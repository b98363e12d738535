"""Why somebody is next, in the reader's language."""

from backend.events.contacts import Channel
from backend.kit.texts import Text
from backend.work_list.rules import Step

REASONS = {
    Step.HELP: Text("She is in hardship and waits for help.", "客户处于困难之中，等待帮助。"),
    Step.ANSWER_LATE: Text(
        "She waits for an answer, and its day has passed.", "客户等待答复，且已超过答复期限。"
    ),
    Step.ANSWER_TODAY: Text("An answer to her is due today.", "今日应答复客户。"),
    Step.ANSWER_WAITS: Text("She waits for an answer.", "客户等待答复。"),
    Step.AGREED_DAY: Text("A day that was agreed has come.", "约定的日期已到。"),
    Step.OFFER_ENDS: Text("What is there for her ends soon.", "为客户准备的权益即将到期。"),
    Step.ARREARS: Text("She is late, and nothing is agreed yet.", "客户逾期，且尚未达成安排。"),
    Step.AGREED_LATER: Text("A day that was agreed comes up.", "约定的日期将至。"),
    Step.OFFER_WAITS: Text("Something is there for her.", "有为客户准备的权益。"),
}
PRIORITY = Text(
    "Priority service is hers: among equals she comes first.", "客户享有优先服务：同等情况下优先。"
)
TIER = Text("Among equals the better tier comes first.", "同等情况下，等级较高者优先。")
HELD = Text("She has asked for something and is left in peace.", "客户已提出请求，应免于打扰。")
RESTING = Text("Somebody was in touch with her just now.", "近日已与客户联系。")
SWITCHED_OFF = {
    Channel.CALL: Text("She switched telephone calls off.", "客户已关闭电话渠道。"),
    Channel.SMS: Text("She switched text messages off.", "客户已关闭短信渠道。"),
    Channel.PUSH: Text("She switched messages in the app off.", "客户已关闭应用消息。"),
    Channel.EMAIL: Text("She switched e-mail off.", "客户已关闭电子邮件渠道。"),
    Channel.VISIT: Text("She does not want visits.", "客户不接受上门拜访。"),
}
LOG_CONTACT = Text("Write down how it went.", "记录联系情况。")

"""What the console's page of dead letters says."""

from backend.kit.texts import Text

DEAD_LETTERS = {
    "title": Text("Dead letters", "无法送达的消息"),
    "about": Text(
        "Messages that no provider would have. Only ids and codes are shown, nobody's words. One "
        "that is sent again is judged again like any other.",
        "服务商拒收的消息。此处只显示编号与代码，不显示内容。重新发送前会再次审核。",
    ),
    "at": Text("Failed", "失败时间"),
    "purpose": Text("Purpose and template", "用途与模板"),
    "channel": Text("Channel", "渠道"),
    "why": Text("Why", "原因"),
    "code": Text("The provider's code", "服务商代码"),
    "tries": Text("Tries", "尝试次数"),
    "until": Text("Worth telling until", "有效期至"),
    "act": Text("What to do", "操作"),
    "again": Text("Send once more", "重新发送"),
    "sent": Text("It waits to be sent once more.", "已排队重新发送。"),
    "late": Text("Too late to tell.", "已过期。"),
    "none": Text("Every message was taken.", "所有消息均已被服务商接收。"),
}
WHY = {
    "refused": Text("refused", "被拒收"),
    "tried_enough": Text("tried often enough", "多次尝试未果"),
}
CHANNELS = {
    "push": Text("push", "推送"),
    "sms": Text("text message", "短信"),
    "email": Text("e-mail", "邮件"),
    "mail": Text("e-mail", "邮件"),
}

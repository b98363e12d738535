"""What SMS and mail say of any message of a purpose: that there is one, and nothing else."""

from collections.abc import Mapping

from backend.events.contacts import Purpose
from backend.kit.texts import Text
from notifications.templates.words import Words

_SUBJECT = Text("A message for you in the Goodfaith app", "Goodfaith 应用内有您的一条消息")
_SUBJECTS: Mapping[Purpose, Text] = {
    Purpose.SECURITY: Text("A notice about your account", "您的账户有一条通知"),
    Purpose.GREETING: Text("A greeting for you", "送给您的祝福"),
}
_SMS = Text(
    "Goodfaith: a message is waiting for you. Open the app to read it.",
    "【Goodfaith】您有一条消息，请打开应用查看。",
)
_SMS_BY_PURPOSE: Mapping[Purpose, Text] = {
    Purpose.SECURITY: Text(
        "Goodfaith: a notice about your account. Open the app to read it.",
        "【Goodfaith】您的账户有一条通知，请打开应用查看。",
    ),
    Purpose.REMINDER: Text(
        "Goodfaith: a friendly note is waiting for you in the app. Help is one tap away there.",
        "【Goodfaith】有一条温馨提示，请在应用内查看。如需帮助，应用内一键即可联系我们。",
    ),
    Purpose.GREETING: Text(
        "Goodfaith: we wish you well. A greeting is waiting for you in the app.",
        "【Goodfaith】祝您一切顺利，应用内有一份祝福等您查收。",
    ),
}
_MAIL = Text(
    "Hello,\n\na message is waiting for you in the Goodfaith app. Open the app to read it.\n\n"
    "Which messages you get, and how, you choose in the app under Notifications.",
    "您好：\n\nGoodfaith 应用内有您的一条消息，请打开应用查看。\n\n"
    "您可以在应用的“通知”中选择接收哪些消息、以何种方式接收。",
)


def worded(purpose: Purpose, *, title: Text, body: Text, action: Text) -> Words:
    """A template's words: what the inbox says, and the neutral words of all other channels."""
    return Words(
        title=title,
        body=body,
        action=action,
        sms=_SMS_BY_PURPOSE.get(purpose, _SMS),
        email_subject=_SUBJECTS.get(purpose, _SUBJECT),
        email_body=_MAIL,
    )

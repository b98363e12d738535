"""Purposes and channels in her words."""

from typing import Any

from backend.events.contacts import Channel, Purpose
from backend.kit.texts import Locale, Text
from notifications.preferences.rules import Cell

PURPOSES = {
    Purpose.SECURITY: (
        Text("Security", "账户安全"),
        Text("What protects your account. It is always sent.", "保护您账户安全的消息，始终发送。"),
    ),
    Purpose.RECEIPT: (
        Text("Receipts", "收款确认"),
        Text("That a payment of yours came in.", "确认已收到您的付款。"),
    ),
    Purpose.PLAN: (
        Text("Your plans and requests", "您的方案与申请"),
        Text("Answers to what you asked for.", "对您提出的申请的答复。"),
    ),
    Purpose.REMINDER: (
        Text("Reminders", "提醒"),
        Text(
            "A few days before something is due, never at night.",
            "到期前几天提醒，夜间从不打扰。",
        ),
    ),
    Purpose.REWARD: (
        Text("Points and badges", "积分与徽章"),
        Text(
            "What you earned, and what you can have for it.",
            "您获得的积分、徽章及可兑换的内容。",
        ),
    ),
    Purpose.COMMUNITY: (
        Text("Community", "社区"),
        Text(
            "Answers to what you wrote. No text is shown outside the app.",
            "对您所发内容的回应。应用之外不显示任何内容。",
        ),
    ),
    Purpose.GREETING: (
        Text("Greetings", "问候"),
        Text("On your birthday and on holidays.", "生日和节日问候。"),
    ),
    Purpose.MARKETING: (
        Text("Offers", "优惠信息"),
        Text(
            "Sent only if you also said yes to them under your consents.",
            "仅在您已同意接收优惠信息时才会发送。",
        ),
    ),
}
CHANNELS = {
    Channel.PUSH: Text("Message in the app", "应用消息"),
    Channel.SMS: Text("Text message", "短信"),
    Channel.EMAIL: Text("E-mail", "电子邮件"),
}


def in_words(table: list[Cell], *, personalised: bool, locale: Locale) -> dict[str, Any]:
    """The whole table as she reads it."""
    return {
        "preferences": [
            {
                "purpose": cell.purpose,
                "purpose_text": PURPOSES[cell.purpose][0].in_(locale),
                "about": PURPOSES[cell.purpose][1].in_(locale),
                "channel": cell.channel,
                "channel_text": CHANNELS[cell.channel].in_(locale),
                "allowed": cell.allowed,
                "is_default": cell.is_default,
                "may_change": cell.may_change,
            }
            for cell in table
        ],
        "personalised": personalised,
    }

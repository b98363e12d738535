"""Why something was found, and what she is told who writes of despair."""

from typing import Any

from backend.kit.help_lines import HelpLine
from backend.kit.texts import Locale, Text
from community.detectors.rules import Certainty, Examination, Finding, Kind

_CERTAIN = {
    Kind.PHONE: Text(
        "This is a phone number. Please leave it out, so that nobody can trouble you with it.",
        "这是电话号码。请删去，以免有人借此打扰您。",
    ),
    Kind.RESIDENT_ID: Text(
        "This is the number of an identity document. Please leave it out: it is yours alone.",
        "这是证件号码。请删去，它只属于您自己。",
    ),
    Kind.CARD: Text(
        "This is the number of a card or an account. Please leave it out.",
        "这是银行卡号或账号。请删去。",
    ),
    Kind.EMAIL: Text(
        "This is an e-mail address. Please leave it out; answers reach you here.",
        "这是电子邮箱地址。请删去，您可以在这里收到回复。",
    ),
    Kind.MESSAGING_ID: Text(
        "This leads to a private chat. Please leave it out: here others can see and help too.",
        "这是私下联系方式。请删去，在这里大家都能看到并帮助您。",
    ),
    Kind.LINK: Text(
        "This is a link. A person looks at it before your post appears.",
        "这是链接。您的帖子会在人工查看后显示。",
    ),
    Kind.BANNED: Text(
        "This reads like an offer of paid services, loans or games of chance, or like somebody's"
        " private life. Those are not for this place; a person looks at it.",
        "这看起来像付费代办、贷款、博彩的推介，或他人的隐私，不适合在这里发布；我们会人工查看。",
    ),
    Kind.SPAM: Text(
        "This reads like an advertisement. A person looks at it before your post appears.",
        "这看起来像广告。您的帖子会在人工查看后显示。",
    ),
    Kind.OFFENSIVE: Text(
        "These words may hurt somebody here. You may say it another way.",
        "这些话可能会伤到这里的人，您可以换一种说法。",
    ),
    Kind.CRISIS: Text(
        "This sounds very heavy. You are not alone, and there are people you can talk to now.",
        "听起来您承受了很多。您并不孤单，现在就有人可以陪您聊聊。",
    ),
}
_SUSPECTED = {
    **_CERTAIN,
    Kind.PHONE: Text("This may be a phone number.", "这可能是电话号码。"),
    Kind.RESIDENT_ID: Text("This may be the number of an identity document.", "这可能是证件号码。"),
    Kind.CARD: Text("This may be the number of a card.", "这可能是银行卡号。"),
    Kind.EMAIL: Text("This may be an e-mail address.", "这可能是电子邮箱地址。"),
    Kind.MESSAGING_ID: Text(
        "This may lead to a private chat. Please stay here, where others can help too.",
        "这可能是在约私下联系。请留在这里，大家都能帮助您。",
    ),
    Kind.LINK: Text("This may be a link.", "这可能是链接。"),
}
HELP = Text(
    "You matter more than any debt, and for debts there are ways. The people below are there to"
    " listen, now.",
    "您比任何债务都重要，债务总会有办法。下面的人现在就愿意听您说。",
)


def text(found: Finding, locale: Locale) -> str:
    """Why, in the reader's language."""
    texts = _CERTAIN if found.certainty is Certainty.CERTAIN else _SUSPECTED
    return texts[found.kind].in_(locale)


def in_words(
    examination: Examination, lines: tuple[HelpLine, ...], *, locale: Locale
) -> dict[str, Any]:
    """An examination as its writer reads it."""
    return {
        "verdict": examination.verdict,
        "findings": [
            {
                "kind": found.kind,
                "certainty": found.certainty,
                "start": found.start,
                "end": found.end,
                "text": text(found, locale),
            }
            for found in examination.findings
        ],
        "help": help_in_words(lines, locale=locale) if examination.is_crisis else None,
    }


def help_in_words(lines: tuple[HelpLine, ...], *, locale: Locale) -> dict[str, Any]:
    """Whom she can reach now."""
    return {
        "text": HELP.in_(locale),
        "lines": [{"name": line.name.in_(locale), "reach": line.reach} for line in lines],
    }

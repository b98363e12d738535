"""Why a writing waits or is not shown, and whom she can reach, in words to its author."""

from backend.kit import help_lines
from backend.kit.texts import Locale, Text
from community.detectors.wording import help_in_words
from community.writings.rules import Reason

REASON_TEXTS = {
    Reason.NEW_MEMBER: Text(
        "Welcome! A person reads the first few texts of every new member before others see them.",
        "欢迎！每位新成员最初的几条内容都会先由工作人员看过，再展示给大家。",
    ),
    Reason.CONTACT: Text(
        "It seems to hold a link or a way to reach somebody. A person looks at it first, so that"
        " nobody is lured away from here.",
        "内容似乎含有链接或联系方式。为避免有人被引到别处，会先由工作人员看过。",
    ),
    Reason.BANNED: Text(
        "It reads like an offer that is not allowed here. A person looks at it first.",
        "内容读起来像这里不允许的推广。会先由工作人员看过。",
    ),
    Reason.SPAM: Text(
        "It reads like an advertisement. A person looks at it first.",
        "内容读起来像广告。会先由工作人员看过。",
    ),
    Reason.OFFENSIVE: Text(
        "Some words may hurt others. A person looks at it first.",
        "有些用词可能会伤害他人。会先由工作人员看过。",
    ),
    Reason.LOOK_ALIKE: Text(
        "Another account wrote nearly the same. A person looks at it first.",
        "另一个账号发过几乎相同的内容。会先由工作人员看过。",
    ),
    Reason.UNDER_REVIEW: Text(
        "A moderator is looking at it. You will read what was decided, and why.",
        "管理员正在查看此内容，您会看到处理结果和原因。",
    ),
    Reason.REMOVED: Text(
        "A moderator took this down. You alone can still read it.",
        "管理员已撤下此内容，只有您自己还能看到。",
    ),
}


def help_for(*, is_crisis: bool, locale: Locale) -> dict[str, object] | None:
    """What is shown at once to whoever wrote of despair."""
    return help_in_words(help_lines.lines(), locale=locale) if is_crisis else None

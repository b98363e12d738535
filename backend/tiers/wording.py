"""Facts and scores in a reader's words. Plain, kind, and never a threat."""

from decimal import Decimal

from backend.kit.money import Money
from backend.kit.predicates import Value
from backend.kit.texts import Locale, Text
from backend.profile.catalogue import DAYS, MINOR, RATIO, Fact
from backend.profile.rules import GOAL
from backend.tiers.policy import SCORE_MAX

SCORE_LABELS = {
    "capacity": Text("Room in the budget", "还款余力"),
    "willingness": Text("Steadiness of payments", "还款稳定度"),
    "value": Text("Our time together", "合作历程"),
}
NOT_KNOWN = Text("not known yet", "尚未获知")
YES, NO = Text("yes", "是"), Text("no", "否")
ONE_DAY, MANY_DAYS = Text("1 day", "1 天"), Text("{n} days", "{n} 天")
OUT_OF = Text("{n} of {most}", "{n}（满分 {most}）")
PAIR = Text("{label}: {value}", "{label}：{value}")
TIME_HELPS = Text(
    "If nothing new happens, this changes by itself on {day}.", "若无新情况，将于 {day} 自动改变。"
)
A_PERSON_HELPS = Text(
    "A person will gladly look at this with you: ask for a review.",
    "我们的工作人员乐意与您一起查看：请申请人工复核。",
)
SET_BY_A_PERSON = Text("A member of our team set this for you.", "此等级由我们的工作人员为您设定。")
SET_UNTIL = Text(
    "A member of our team set this for you, up to and including {day}.",
    "此等级由我们的工作人员为您设定，有效期至 {day}（含当日）。",
)
GRACE = Text(
    "Nothing has changed yet. If things stay as they are, a change comes on {day}.",
    "目前等级保持不变。若情况依旧，将于 {day} 变更。",
)
KEPT = Text("You keep this tier as it is for now.", "您的等级暂时保持不变。")
AND_ALSO = Text(" And: ", " 并且：")


def label_of(name: str, fact: Fact | None) -> Text:
    """What a fact or a score is called."""
    return SCORE_LABELS[name] if fact is None else fact.label


def action_text(fact: Fact, goal: str, *, is_zero: bool) -> Text:
    """How she moves a fact to a goal; its label where nobody wrote how.

    Only `{goal}` is replaced: staff wrote some of these words, whatever else is in braces stays.
    """
    if is_zero and fact.action_to_zero is not None:
        return fact.action_to_zero
    words = fact.action or fact.label
    return Text(words.en.replace(GOAL, goal), words.zh_cn.replace(GOAL, goal))


def value_text(
    value: Value | None, *, fact: Fact | None, currency: str | None, locale: Locale
) -> str:
    """A value with its unit, as one reads it."""
    if value is None:
        return NOT_KNOWN.in_(locale)
    if fact is None:
        return OUT_OF.format(n=value, most=SCORE_MAX).in_(locale)
    return _in_unit(value, fact=fact, currency=currency, locale=locale)


def _in_unit(value: Value, *, fact: Fact, currency: str | None, locale: Locale) -> str:
    if isinstance(value, bool):
        return (YES if value else NO).in_(locale)
    if fact.unit == DAYS:
        return (ONE_DAY if value == 1 else MANY_DAYS.format(n=value)).in_(locale)
    if fact.unit == MINOR and currency is not None and isinstance(value, int):
        return Money(value, currency).in_words(locale)
    if fact.unit == RATIO and isinstance(value, Decimal | int):
        return f"{(Decimal(value) * 100).normalize():f}%"
    return str(value)


def says(
    name: str, value: Value | None, *, fact: Fact | None, currency: str | None, locale: Locale
) -> str:
    """A fact and its value in one line: "Days past due: 12 days"."""
    return PAIR.format(
        label=label_of(name, fact).in_(locale),
        value=value_text(value, fact=fact, currency=currency, locale=locale),
    ).in_(locale)

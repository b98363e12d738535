"""What a predicate may not read, or not in that direction."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from backend.kit.predicates import OPERATIONS, All, Any_, Compare, Not, Predicate
from backend.kit.texts import Text
from backend.kit.wording.folding import fold
from rewards.campaigns.rules import REFUSED_FACTS, Check

# Facts of ours of which every reading depends on something that may not be rewarded. The share of
# contacts answered is unknown to who switched all messages off.
_NEVER: Mapping[str, tuple[Check, str]] = {
    "referrals_confirmed": (Check.BORROWING, "referral"),
    "contact_answered_ratio_90d": (Check.GIVING_UP_RIGHTS, "messages"),
    "lost_contact": (Check.GIVING_UP_RIGHTS, "messages"),
}
# More of these is more borrowing; above what everybody here has: one loan, something owed.
_MORE_IS_BORROWING = {"open_loans": 1, "open_balance": 1}
# Fewer or more of these, as a condition of an award, is had by paying above what was agreed.
_LESS_IS_ABOVE_AGREED = frozenset({"open_balance", "open_loans"})
_MORE_IS_ABOVE_AGREED = "repaid_total"

_PROXY_NAME = re.compile(
    r"(^|_)(sex|gender|age|birth\w*|born|marital|married|spouse|children|religio\w*|ethnic\w*|race"
    r"|nation\w*|hukou|native\w*|province|city|district|region|post\w*code|zip\w*|address"
    r"|education|school\w*|degree|university|disab\w*|pregnan\w*|health|surname)(_|$)"
)
_PROXY_LABEL = re.compile(
    r"性别|年龄|出生|婚|配偶|子女|宗教|信仰|民族|种族|国籍|户籍|籍贯|省份|城市|地区|邮编|住址"
    r"|学历|学校|学位|残疾|怀孕|健康|姓氏"
)
# An employment that stands for an age, a sex or a state of health.
_PROXY_EMPLOYMENT = frozenset(
    {
        *("retired", "pensioner", "student", "homemaker", "housewife", "maternity_leave"),
        *("disabled", "退休", "学生", "家庭主妇", "全职太太"),
    }
)


@dataclass(frozen=True)
class Hit:
    """A comparison that must not be."""

    check: Check
    reason: str
    pointer: str
    fact: str


def find(
    predicate: Predicate, *, pointer: str, extra_facts: Mapping[str, Text], is_condition: bool
) -> Iterator[Hit]:
    """Every hit, in reading order."""
    for comparison, place, is_denied in _walk(predicate, pointer, is_denied=False):
        judged = _judge(
            comparison, extra_facts=extra_facts, is_denied=is_denied, is_condition=is_condition
        )
        for check, reason in judged:
            yield Hit(check, reason, place, comparison.fact)


def _walk(
    predicate: Predicate, pointer: str, *, is_denied: bool
) -> Iterator[tuple[Compare, str, bool]]:
    match predicate:
        case All(parts) | Any_(parts):
            kind = "all" if isinstance(predicate, All) else "any"
            for place, part in enumerate(parts):
                yield from _walk(part, f"{pointer}/{kind}/{place}", is_denied=is_denied)
        case Not(part):
            yield from _walk(part, f"{pointer}/not", is_denied=not is_denied)
        case Compare():
            yield predicate, pointer, is_denied


def _judge(
    comparison: Compare,
    *,
    extra_facts: Mapping[str, Text],
    is_denied: bool,
    is_condition: bool,
) -> Iterator[tuple[Check, str]]:
    fact = comparison.fact
    if fact in REFUSED_FACTS and fact not in extra_facts:
        check = REFUSED_FACTS[fact][1]
        yield check, f"fact_{check}"
    if fact in _NEVER:
        yield _NEVER[fact]
    if _is_proxy(comparison, extra_facts):
        yield Check.PROTECTED, "fact_P5"
    if fact in _MORE_IS_BORROWING and _comes_true(
        _steps(comparison, is_denied=is_denied, least=_MORE_IS_BORROWING[fact])
    ):
        yield Check.BORROWING, "more_owed"
    if is_condition and _asks_above_agreed(comparison, is_denied=is_denied):
        yield Check.ABOVE_AGREED, "paid_down"


def _is_proxy(comparison: Compare, extra_facts: Mapping[str, Text]) -> bool:
    fact = comparison.fact
    if fact in extra_facts:
        label = extra_facts[fact]
        words = re.sub(r"[^a-z]+", "_", fold(label.en).text)
        return bool(
            _PROXY_NAME.search(fact)
            or _PROXY_NAME.search(words)
            or _PROXY_LABEL.search(fold(label.zh_cn).text)
        )
    if fact != "employment":
        return False
    values = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    return any(fold(str(value)).text.strip() in _PROXY_EMPLOYMENT for value in values)


def _asks_above_agreed(comparison: Compare, *, is_denied: bool) -> bool:
    steps = _steps(comparison, is_denied=is_denied, least=0)
    if comparison.fact == _MORE_IS_ABOVE_AGREED:
        return _comes_true(steps)
    return comparison.fact in _LESS_IS_ABOVE_AGREED and _comes_true(steps[::-1])


def _steps(comparison: Compare, *, is_denied: bool, least: int) -> list[bool]:
    """Whether it holds of each whole number, from the least on, about which that may change."""
    if comparison.value is None:
        return []
    values = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    near = {value + step for value in values if type(value) is int for step in (-1, 0, 1)}
    operation = OPERATIONS[comparison.op]
    places = sorted({least, *(place for place in near if place > least)})
    return [operation(place, comparison.value) is not is_denied for place in places]


def _comes_true(steps: list[bool]) -> bool:
    """Whether it begins to hold anywhere on the way.

    What only ceases to hold does so in every combination, too: no `all` or `any` of such
    comparisons begins to hold. So it is enough to judge each by itself.
    """
    return any(after and not before for before, after in pairwise(steps))

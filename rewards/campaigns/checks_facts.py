"""What a predicate may not read, or not in that direction."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from backend.kit.predicates import All, Any_, Compare, Not, Predicate
from backend.kit.texts import Text
from rewards.campaigns.rules import REFUSED_FACTS, Check

# Facts of ours of which every reading depends on something that may not be rewarded. The share of
# contacts answered is unknown to who switched all messages off.
_NEVER: Mapping[str, tuple[Check, str]] = {
    "referrals_confirmed": (Check.BORROWING, "referral"),
    "contact_answered_ratio_90d": (Check.GIVING_UP_RIGHTS, "messages"),
    "lost_contact": (Check.GIVING_UP_RIGHTS, "messages"),
}
# More of these is more borrowing; above what everybody here has: one loan, something owed.
_MORE_IS_BORROWING = {"open_loans": 1, "open_balance": 0}
# Fewer or more of these, as a condition of an award, is had by paying above what was agreed.
_LESS_IS_ABOVE_AGREED = "open_balance"
_MORE_IS_ABOVE_AGREED = "repaid_total"
_FEWER_LOANS = "open_loans"

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
_RISES = frozenset({"gt", "gte"})
_FALLS = frozenset({"lt", "lte"})


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
    if fact in _MORE_IS_BORROWING and _asks_above(
        comparison, _MORE_IS_BORROWING[fact], is_denied=is_denied
    ):
        yield Check.BORROWING, "more_owed"
    if is_condition and _asks_above_agreed(comparison, is_denied=is_denied):
        yield Check.ABOVE_AGREED, "paid_down"


def _is_proxy(comparison: Compare, extra_facts: Mapping[str, Text]) -> bool:
    fact = comparison.fact
    if fact in extra_facts:
        label = extra_facts[fact]
        words = re.sub(r"[^a-z]+", "_", label.en.lower())
        return bool(
            _PROXY_NAME.search(fact)
            or _PROXY_NAME.search(words)
            or _PROXY_LABEL.search(label.zh_cn)
        )
    if fact != "employment":
        return False
    values = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    return any(str(value).lower() in _PROXY_EMPLOYMENT for value in values)


def _asks_above(comparison: Compare, usual: int, *, is_denied: bool) -> bool:
    """Whether it becomes true by having more than what everybody here has."""
    low = _least(comparison, is_denied=is_denied)
    return low is not None and low > usual


def _least(comparison: Compare, *, is_denied: bool) -> Decimal | None:
    """The least whole value with which it holds, if rising to it is what makes it hold."""
    operation, value = comparison.op, comparison.value
    if is_denied:
        operation = {"lt": "gte", "lte": "gt", "ne": "eq", "not_in": "in"}.get(operation, "")
    if value is None:
        return None
    values = [_number(each) for each in (value if isinstance(value, tuple) else (value,))]
    if operation == "gt":
        # More than nothing is having one; more than the usual one is borrowing.
        return values[0] + 1 if values[0] else Decimal(0)
    if operation == "gte":
        return values[0] if values[0] > 1 else Decimal(0)
    if operation == "between":
        return values[0] if values[0] > 1 else Decimal(0)
    return max(values) if operation in ("eq", "in") else None


def _number(value: object) -> Decimal:
    return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)


def _asks_above_agreed(comparison: Compare, *, is_denied: bool) -> bool:
    rises, falls = (_FALLS, _RISES) if is_denied else (_RISES, _FALLS)
    exact = {"eq", "in", "between"} if not is_denied else {"ne", "not_in", "between"}
    if comparison.fact == _MORE_IS_ABOVE_AGREED:
        return comparison.op in rises | exact
    return comparison.fact in (_LESS_IS_ABOVE_AGREED, _FEWER_LOANS) and comparison.op in falls

"""What is said of an option, in both languages: kind, plain, without blame."""

from collections.abc import Mapping
from typing import Any

from backend.kit.money import Money
from backend.kit.texts import Locale, Text

NAMES: Mapping[str, Text] = {
    "move_due_day": Text("Another due day", "调整还款日"),
    "longer_term": Text("A longer term", "延长期限"),
    "lower_rate": Text("A lower rate for a while", "阶段性降低利率"),
    "skip": Text("Leave out instalments", "暂缓还款"),
    "re_amortize": Text("Spread what is past due", "逾期部分重新分摊"),
    "waive_penalty": Text("Penalty taken off", "减免罚息"),
    "token_payment": Text("Small payments for a while", "阶段性小额还款"),
    "convert": Text("Card balance in instalments", "账单分期"),
}

REASONS: Mapping[str, Text] = {
    "plan_open": Text(
        "Another request or plan for this loan is not finished yet.",
        "这笔贷款已有一项申请或方案尚未结束。",
    ),
    "not_active": Text(
        "This loan is no longer active, so its schedule cannot be changed here.",
        "这笔贷款已不在存续状态，无法在此调整还款计划。",
    ),
    "nothing_open": Text("Nothing is left to pay on this loan.", "这笔贷款没有待还金额。"),
    "only_for_cards": Text(
        "This is for a card's balance; this loan has instalments already.",
        "此方案适用于信用卡余额，这笔贷款本身已是分期。",
    ),
    "not_for_cards": Text(
        "A card has no instalments to change; its balance can become a loan of instalments.",
        "信用卡没有分期计划可调整，可以选择把余额转为分期。",
    ),
    "no_schedule": Text(
        "We have not received this loan's schedule yet.", "我们还没有收到这笔贷款的还款计划。"
    ),
    "rate_unknown": Text(
        "We do not know this loan's rate, so we cannot say to the cent what this would cost.",
        "我们暂不掌握这笔贷款的利率，无法精确计算此方案的费用。",
    ),
    "plan_rate_unknown": Text(
        "The rate for instalments of this card is not known yet.", "此卡的分期利率暂未确定。"
    ),
    "nothing_to_come": Text(
        "No instalment is still to come that this could change.", "已没有未到期的分期可以调整。"
    ),
    "no_principal_left": Text("No principal is left to spread.", "已没有本金可以分摊。"),
    "past_due": Text(
        "An instalment is {value} days past its day; this option starts from a loan that is up to"
        " date.",
        "有一期已过还款日 {value} 天，此方案需在没有逾期时办理。",
    ),
    "not_monthly": Text(
        "This loan is not paid by the month, so it has no due day of the month.",
        "这笔贷款不是按月还款，没有固定的每月还款日。",
    ),
    "same_due_day": Text(
        "Day {value} is the due day already.", "目前的还款日就是每月 {value} 日。"
    ),
    "nothing_past_due": Text(
        "Nothing is past due, so there is nothing to spread.", "目前没有逾期，无需重新分摊。"
    ),
    "no_interest": Text(
        "This loan bears no interest that could be lowered.", "这笔贷款不计利息，无需降低利率。"
    ),
    "rate_not_lower": Text(
        "{value} a year is not lower than the present rate.", "年利率 {value} 不低于目前的利率。"
    ),
    "too_many_months": Text(
        "{value} months are more than can be quoted.", "{value} 个月超出上限。"
    ),
    "too_few_months": Text(
        "{value} months are fewer than can be quoted.", "{value} 个月低于下限。"
    ),
    "too_many_skipped": Text(
        "{value} instalments are more than can be left out.", "可暂缓的期数少于 {value} 期。"
    ),
    "too_many_periods": Text(
        "{value} periods are more than can be taken off at once.",
        "一次可减免的期数少于 {value} 期。",
    ),
    "installments_too_small": Text(
        "{value} instalments would be too many for what is left.",
        "剩余金额不足以分成 {value} 期。",
    ),
    "token_not_smaller": Text(
        "{money} is not less than the usual instalment.", "{money} 不低于平时的每期金额。"
    ),
    "nothing_left": Text(
        "By your statement nothing is left of a month for a payment.",
        "根据您填写的收支，每月没有可用于还款的余额。",
    ),
    "no_open_penalty": Text(
        "There is no open penalty that could be taken off.", "没有可减免的未付罚息。"
    ),
    "waived_on_first_only": Text(
        "Penalty is taken off with the first agreement on a loan, and one was made before.",
        "罚息减免只在首次协商时提供，这笔贷款此前已协商过。",
    ),
    "fees_past_due": Text(
        "{money} of fees would still be past due afterwards.", "之后仍有 {money} 费用处于逾期。"
    ),
    "beyond_calendar": Text("The last instalment would lie too far ahead.", "最后一期的日期太远。"),
    "irregular": Text(
        "This schedule has its own rules; a person will gladly work this out with you.",
        "这份还款计划比较特殊，工作人员很乐意与您一起测算。",
    ),
    "needs_a_person": Text(
        "This does not come out to the cent by itself; a person will gladly work it out with you.",
        "系统无法自动精确测算，工作人员很乐意与您一起测算。",
    ),
}

WAYS: Mapping[str, Text] = {
    "pay_first": Text("Pay {money} first.", "先还 {money}。"),
    "longer_term_instead": Text("Ask for a longer term instead.", "可改选延长期限。"),
    "skip_instead": Text("Ask to leave out instalments instead.", "可改选暂缓还款。"),
    "another_due_day": Text("Choose another day.", "请选择其他日期。"),
    "at_most_months": Text("At most {value} months.", "最多 {value} 个月。"),
    "at_least_months": Text("At least {value} months.", "至少 {value} 个月。"),
    "at_most_installments": Text("At most {value} instalments.", "最多 {value} 期。"),
    "at_most_periods": Text("At most {value} periods.", "最多 {value} 期。"),
    "less_than": Text("Less than {money}.", "低于 {money}。"),
}
# Whose value is an amount.
AMOUNTS = frozenset(
    {"token_not_smaller", "fees_past_due", "pay_first", "less_than", "nothing_left"}
)

PERSON: Mapping[str, Text] = {
    "due_day_moves_used": Text(
        "The due day was moved twice within a year already.", "一年内已调整过两次还款日。"
    ),
    "extension_too_long": Text(
        "It adds more than half of the instalments that are left.", "新增期数超过剩余期数的一半。"
    ),
    "not_the_first_negotiation": Text(
        "This loan had an agreement before.", "这笔贷款此前已有过协商。"
    ),
    "waiver_above_level": Text(
        "It takes off more than is agreed at once for your level.",
        "减免超出您当前等级可直接办理的范围。",
    ),
    "kind_needs_a_person": Text(
        "A person looks at options of this kind.", "此类方案由工作人员处理。"
    ),
}
DECIDED = Text(
    "Inside the usual limits: it can be agreed at once when your request is complete.",
    "在常规范围内：申请资料齐全即可直接办理。",
)
DECIDED_BY_A_PERSON = Text(
    "A person answers within 3 working days.", "工作人员会在 3 个工作日内答复。"
)
FROZEN = Text("Your level stays as it is while we decide.", "审核期间您的等级保持不变。")


def reason_in(
    code: str, value: Any, *, currency: str, locale: Locale, texts: Mapping[str, Text] = REASONS
) -> dict[str, Any]:
    """Code, value and sentence."""
    money = Money(value, currency).in_words(locale) if code in AMOUNTS else ""
    sentence = texts[code].format(value=value, money=money).in_(locale)
    return {"code": code, "value": value, "text": sentence}


def way_in(code: str, value: Any, *, currency: str, locale: Locale) -> dict[str, Any]:
    """The same of a change that would pass."""
    return reason_in(code, value, currency=currency, locale=locale, texts=WAYS)

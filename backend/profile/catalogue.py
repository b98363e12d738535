"""The catalogue of facts: what each is called, means, is measured in, and whether she can move it.

A policy may read any of these and nothing else. A fact whose source does not exist yet stays
unknown until that feature announces it.
"""

from dataclasses import dataclass
from typing import Literal

from backend.kit.predicates import FactType
from backend.kit.texts import Text

Actionable = Literal["up", "down", "no"]

EVENT = "with each event"
EVENT_AND_NIGHT = "with each event, and nightly as its window moves"
COUNTED = "counted to the day of reading"


@dataclass(frozen=True)
class Fact:
    """One fact. `action` says how she moves it, the literal `{goal}` being the value to reach."""

    name: str
    type: FactType
    unit: str
    source: str
    freshness: str
    label: Text
    definition: Text
    actionable: Actionable = "no"
    action: Text | None = None
    action_to_zero: Text | None = None
    is_extra: bool = False
    resets: bool = False  # One act takes it to zero; no value between is within her reach.


DAYS, COUNT, MINOR, RATIO, CODE, YES_NO = (
    "days", "count", "minor units", "ratio", "code", "yes or no",
)  # fmt: skip
I, D, T, B = FactType.INTEGER, FactType.DECIMAL, FactType.TEXT, FactType.BOOLEAN  # noqa: E741

BEHAVIOUR = (
    Fact(
        "days_past_due",
        I,
        DAYS,
        "loans",
        COUNTED,
        Text("Days past due", "逾期天数"),
        Text(
            "The highest among open loans: days since the oldest unpaid due day, or what the core"
            " system last reported, which is never aged.",
            "未结清贷款中的最大值：自最早未还到期日起的天数，或核心系统最近上报的数值（不随时间增加）。",
        ),
        "down",
        Text(
            "Bring your payments up to date: {goal} days past due or fewer.",
            "把欠款补上，使逾期天数不超过 {goal} 天。",
        ),
        Text("Bring your payments up to date.", "把欠款全部补上。"),
    ),
    Fact(
        "days_past_due_max_12m",
        I,
        DAYS,
        "loans",
        EVENT_AND_NIGHT,
        Text("Highest days past due in 12 months", "近 12 个月最大逾期天数"),
        Text(
            "The highest days past due of any loan in the last 12 months.",
            "近 12 个月内任一贷款的最大逾期天数。",
        ),
    ),
    Fact(
        "on_time_streak",
        I,
        COUNT,
        "streaks",
        EVENT,
        Text("Payments on time in a row", "连续按时还款次数"),
        Text(
            "Instalments in a row paid in full by their due day plus the product's grace, one in"
            " six months up to 5 days late; for reported accounts, months with 0 days past due (a"
            " month without consumption does not count). The longest among open loans.",
            "连续在到期日（含产品宽限期）前全额还清的期数，六个月内可有一期晚至 5 天；"
            "上报类账户为逾期 0 天的月数（无消费的月份不计）。取未结清贷款中的最大值。",
        ),
        "up",
        Text("Keep paying on time until {goal} in a row.", "继续按时还款，直至连续 {goal} 次。"),
    ),
    Fact(
        "installments_missed_12m",
        I,
        COUNT,
        "loans",
        EVENT_AND_NIGHT,
        Text("Missed due dates in 12 months", "近 12 个月未按时还款次数"),
        Text(
            "Instalments not paid by their due day plus grace, and reported months with days past"
            " due, in the last 12 months.",
            "近 12 个月内未在到期日（含宽限期）前还清的期数，以及上报为逾期的月数。",
        ),
    ),
    Fact(
        "overdue_count_12m",
        I,
        COUNT,
        "loans",
        EVENT_AND_NIGHT,
        Text("Times overdue in 12 months", "近 12 个月逾期次数"),
        Text(
            "Spells of being overdue that began in the last 12 months; missed dates in a row are"
            " one spell.",
            "近 12 个月内开始的逾期次数；连续未还算一次。",
        ),
    ),
    Fact(
        "cured_count_12m",
        I,
        COUNT,
        "loans",
        EVENT_AND_NIGHT,
        Text("Times caught up in 12 months", "近 12 个月补清次数"),
        Text(
            "Spells of being overdue that ended, everything then due being paid, in the last 12"
            " months.",
            "近 12 个月内结束的逾期次数（当时到期款项已全部还清）。",
        ),
    ),
    Fact(
        "paid_ratio_6m",
        D,
        RATIO,
        "loans",
        EVENT_AND_NIGHT,
        Text("Share of bills paid in 6 months", "近 6 个月还款比例"),
        Text(
            "What was paid in the last 6 months over what fell due in them (instalments, and"
            " statement balances), at most 1.",
            "近 6 个月还款额与同期到期金额（分期与账单余额）之比，最大为 1。",
        ),
        "up",
        Text("Pay more of what falls due: {goal} of it.", "提高还款比例，达到 {goal}。"),
    ),
    Fact(
        "days_since_last_payment",
        I,
        DAYS,
        "loans",
        COUNTED,
        Text("Days since the last payment", "距上次还款天数"),
        Text(
            "Days since her last payment that was not reversed; unknown before the first.",
            "距最近一次未被撤销的还款的天数；首次还款前未知。",
        ),
        "down",
        Text("Make a payment, however small.", "进行一次还款，金额不限。"),
        resets=True,
    ),
    Fact(
        "days_since_last_activity",
        I,
        DAYS,
        "loans",
        COUNTED,
        Text("Days since the last activity", "距上次活动天数"),
        Text(
            "Days since her latest payment, statement with a balance, active month or new loan.",
            "距以下最近一项的天数：还款、有余额的账单、上报的活动月份、开立贷款。",
        ),
    ),
    Fact(
        "plan_active",
        B,
        YES_NO,
        "loans",
        EVENT,
        Text("A plan is running", "有进行中的还款方案"),
        Text("An open loan follows an agreed plan.", "有未结清贷款正按约定方案执行。"),
    ),
    Fact(
        "plans_kept_ratio",
        D,
        RATIO,
        "repayment_plans",
        EVENT,
        Text("Share of plans kept", "方案履约比例"),
        Text("Plans kept to the end over plans ended.", "已履约完成的方案占已结束方案的比例。"),
    ),
    Fact(
        "plan_installments_kept",
        I,
        COUNT,
        "repayment_plans",
        EVENT,
        Text("Plan instalments kept", "方案按期完成期数"),
        Text("Instalments of plans that were paid by their days.", "按方案按期还款的期数。"),
    ),
    Fact(
        "hardship_active",
        B,
        YES_NO,
        "hardship",
        EVENT,
        Text("Hardship help is running", "困难援助进行中"),
        Text("Relief for hardship has begun and has not ended.", "困难援助已开始且尚未结束。"),
    ),
    Fact(
        "contact_answered_ratio_90d",
        D,
        RATIO,
        "contacts",
        EVENT_AND_NIGHT,
        Text("Share of contacts answered in 90 days", "近 90 天联系应答比例"),
        Text(
            "Answered over attempted, on channels that she has not switched off; none left:"
            " unknown.",
            "在她未关闭的渠道上，应答次数与联系次数之比；全部关闭则为未知。",
        ),
    ),
    Fact(
        "lost_contact",
        B,
        YES_NO,
        "contacts",
        EVENT_AND_NIGHT,
        Text("Contact lost", "失去联系"),
        Text(
            "No answer on any open channel in spite of lawful attempts.",
            "经合规尝试后，所有开放渠道均无应答。",
        ),
    ),
)

MEANS = (
    Fact(
        "income_monthly",
        I,
        MINOR,
        "borrowers",
        EVENT,
        Text("Monthly income", "月收入"),
        Text("As declared to the lender.", "向贷款机构申报的数额。"),
    ),
    Fact(
        "income_verified",
        B,
        YES_NO,
        "borrowers",
        EVENT,
        Text("Income verified", "收入已核实"),
        Text("Whether the lender has seen proof of the income.", "贷款机构是否已核实收入证明。"),
        "up",
        Text("Send proof of your income.", "提交收入证明。"),
    ),
    Fact(
        "income_stability",
        D,
        RATIO,
        "borrowers",
        EVENT,
        Text("Stability of income", "收入稳定性"),
        Text("From 0 to 1, as the lender's core system assesses it.", "0 至 1，由核心系统评估。"),
    ),
    Fact(
        "debt_to_income",
        D,
        RATIO,
        "borrowers",
        EVENT,
        Text("Debt to income", "负债收入比"),
        Text(
            "Monthly debt service over monthly income; unknown without an income.",
            "每月偿债额与月收入之比；无收入信息则未知。",
        ),
    ),
    Fact(
        "employment",
        T,
        CODE,
        "borrowers",
        EVENT,
        Text("Employment", "就业状况"),
        Text("As declared to the lender.", "向贷款机构申报的内容。"),
    ),
)

RELATIONSHIP = (
    Fact(
        "open_loans",
        I,
        COUNT,
        "loans",
        EVENT,
        Text("Open loans", "未结清贷款数"),
        Text("Loans that are not closed.", "尚未结清的贷款数。"),
    ),
    Fact(
        "open_balance",
        I,
        MINOR,
        "loans",
        EVENT,
        Text("Open balance", "未还余额"),
        Text(
            "What is owed on open loans in the currency of the newest; unknown without a loan.",
            "未结清贷款的欠款总额（以最新贷款的币种计）；无贷款则未知。",
        ),
        "down",
        Text("Bring the balance down to {goal}.", "将余额降至 {goal}。"),
    ),
    Fact(
        "first_loan_amount",
        I,
        MINOR,
        "loans",
        EVENT,
        Text("Amount of the first loan", "首笔贷款金额"),
        Text("Principal or credit limit of her earliest loan.", "最早一笔贷款的本金或授信额度。"),
    ),
    Fact(
        "repaid_total",
        I,
        MINOR,
        "loans",
        EVENT,
        Text("Repaid in total", "累计还款"),
        Text(
            "All payments that were not reversed, in the currency of the newest loan.",
            "所有未被撤销的还款总额（以最新贷款的币种计）。",
        ),
        "up",
        Text("Repay {goal} in total.", "累计还款达到 {goal}。"),
    ),
    Fact(
        "referrals_confirmed",
        I,
        COUNT,
        "referrals",
        EVENT,
        Text("Confirmed referrals", "已确认的推荐"),
        Text(
            "Friends who joined on her word and paid on time.", "经她推荐加入并按时还款的朋友数。"
        ),
    ),
    Fact(
        "relationship_months",
        I,
        "months",
        "loans",
        COUNTED,
        Text("Months as a customer", "合作月数"),
        Text("Whole months since her earliest loan opened.", "自最早贷款开立起的整月数。"),
    ),
    Fact(
        "programme_status",
        T,
        CODE,
        "programme",
        EVENT,
        Text("Programme status", "计划状态"),
        Text(
            "enrolled, paused or terminated; unknown while not enrolled.",
            "enrolled、paused 或 terminated；未加入则未知。",
        ),
    ),
    Fact(
        "tier",
        T,
        CODE,
        "tiers",
        EVENT,
        Text("Tier", "等级"),
        Text(
            "Internal code of her tier. Tier policies themselves may not read it.",
            "内部等级代码；等级政策本身不得读取。",
        ),
    ),
    Fact(
        "product",
        T,
        CODE,
        "loans",
        EVENT,
        Text("Product", "产品"),
        Text(
            "Code of the product of her newest open loan, else of her newest.",
            "最新未结清贷款（否则最新贷款）的产品代码。",
        ),
    ),
)

FACTS: dict[str, Fact] = {fact.name: fact for fact in (*BEHAVIOUR, *MEANS, *RELATIONSHIP)}
FACT_TYPES: dict[str, FactType] = {name: fact.type for name, fact in FACTS.items()}

# Catalogue facts that the core system declares with a borrower, as it does lender-defined ones.
DECLARED_FACTS = ("income_stability",)

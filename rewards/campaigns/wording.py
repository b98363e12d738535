"""Campaigns in words: what each thing is called, for staff in both languages."""

from backend.kit.texts import Text
from rewards.campaigns.rules import Every, Measure, Mode, State, Trigger, VersionState

TRIGGERS: dict[Trigger, Text] = {
    Trigger.INSTALLMENT_PAID: Text("an instalment is paid", "一期款项已还清"),
    Trigger.PLAN_INSTALLMENT_KEPT: Text("an instalment of a plan is kept", "按方案还清一期"),
    Trigger.PLAN_COMPLETED: Text("a plan is completed", "还款方案全部完成"),
    Trigger.BADGE_AWARDED: Text("a badge is awarded", "获得一枚徽章"),
    Trigger.TIER_RAISED: Text("her tier rises", "等级上升"),
    Trigger.LOAN_OPENED: Text("a loan is opened", "开立贷款"),
    Trigger.LIMIT_RAISED: Text("a limit is raised", "额度提高"),
    Trigger.AMOUNT_DRAWN: Text("an amount is drawn", "支用额度"),
    Trigger.PAID_ABOVE_AGREED: Text("more than agreed is paid", "还款超过约定"),
    Trigger.COMPLAINT_WITHDRAWN: Text("a complaint is withdrawn", "撤回投诉"),
    Trigger.DISPUTE_WITHDRAWN: Text("a dispute is withdrawn", "撤回异议"),
    Trigger.MESSAGES_OPTED_IN: Text("messages are allowed", "同意接收消息"),
    Trigger.POST_PUBLISHED: Text("a post is published", "发布帖子"),
    Trigger.REFERRAL_CONFIRMED: Text("a referral is confirmed", "推荐被确认"),
}
STATES: dict[State, Text] = {
    State.DRAFT: Text("Draft", "草稿"),
    State.IN_REVIEW: Text("In review", "审核中"),
    State.APPROVED: Text("Approved", "已批准"),
    State.LIVE: Text("Live", "进行中"),
    State.PAUSED: Text("Paused", "已暂停"),
    State.ENDED: Text("Ended", "已结束"),
}
TONES: dict[State, str] = {
    State.DRAFT: "plain",
    State.IN_REVIEW: "wait",
    State.APPROVED: "wait",
    State.LIVE: "good",
    State.PAUSED: "wait",
    State.ENDED: "plain",
}
VERSION_STATES: dict[VersionState, Text] = {
    VersionState.DRAFT: Text("Draft", "草稿"),
    VersionState.IN_REVIEW: Text("In review", "审核中"),
    VersionState.APPROVED: Text("Approved", "已批准"),
    VersionState.REJECTED: Text("Sent back", "已退回"),
    VersionState.LIVE: Text("Live", "进行中"),
    VersionState.SUPERSEDED: Text("Replaced", "已被取代"),
}
EVERY: dict[Every, Text] = {
    Every.DAY: Text("day", "天"),
    Every.WEEK: Text("week", "周"),
    Every.MONTH: Text("month", "月"),
}
MODES: dict[Mode, Text] = {
    Mode.ALL: Text("all of the group count", "同组活动全部生效"),
    Mode.BEST: Text("the best for her counts", "只取对她最有利的一个"),
    Mode.FIRST: Text("the one of the highest priority counts", "只取优先级最高的一个"),
}
MEASURES: dict[Measure, Text] = {
    Measure.ON_TIME_RATE: Text("Share of instalments paid on time", "按时还款比例"),
    Measure.CURE_RATE: Text("Share of the overdue who caught up", "逾期者补清比例"),
    Measure.SECOND_OVERDUE: Text("Overdue once more", "再次逾期"),
    Measure.COMPLAINTS: Text("Complaints", "投诉"),
}
BENEFITS: dict[str, Text] = {
    "priority_service": Text("Priority service", "优先服务"),
    "training_referral": Text("Help with training", "技能培训引荐"),
    "aid_referral": Text("Help from a partner", "援助机构引荐"),
    "greeting": Text("A greeting", "问候"),
    "education_pack": Text("An education pack", "知识学习包"),
    "health_consult": Text("A health consultation", "健康咨询"),
}
EVENT_FACTS: dict[str, Text] = {
    "event_on_time": Text("This instalment was paid on time", "本期按时还款"),
    "event_days_early": Text("Days this instalment was paid early", "本期提前还款天数"),
    "event_loan_kind": Text("Kind of this loan", "本笔贷款类型"),
    "event_product": Text("Product of this loan", "本笔贷款产品"),
}
WEEKDAYS: dict[int, Text] = {
    1: Text("Monday", "周一"),
    2: Text("Tuesday", "周二"),
    3: Text("Wednesday", "周三"),
    4: Text("Thursday", "周四"),
    5: Text("Friday", "周五"),
    6: Text("Saturday", "周六"),
    7: Text("Sunday", "周日"),
}
TIERS: dict[str, Text] = {
    "current": Text("current", "正常"),
    "potential": Text("potential", "潜力"),
    "stable": Text("stable", "稳定"),
    "high_risk": Text("high risk", "高风险"),
    "dormant": Text("dormant", "沉睡"),
}
# What a condition may say of a fact. `yes` and `no` are of truths alone and take no value.
OPS: dict[str, Text] = {
    "eq": Text("is", "等于"),
    "ne": Text("is not", "不等于"),
    "gte": Text("is at least", "至少为"),
    "lte": Text("is at most", "至多为"),
    "gt": Text("is more than", "大于"),
    "lt": Text("is less than", "小于"),
    "between": Text("is between", "介于"),
    "in": Text("is one of", "属于"),
    "not_in": Text("is none of", "不属于"),
    "yes": Text("is true", "为是"),
    "no": Text("is false", "为否"),
    "known": Text("is known", "已知"),
    "unknown": Text("is unknown", "未知"),
}
REFUSALS: dict[str, Text] = {
    "paused": Text("It was paused", "活动已暂停"),
    "outside_schedule": Text("Outside the days and hours", "不在活动时段内"),
    "conditions": Text("The conditions did not hold", "条件未满足"),
    "not_enrolled": Text("Not enrolled", "未加入计划"),
    "holdout": Text("Held out, to compare", "属于对照组"),
    "per_borrower": Text("Had as many as there are for each", "已达个人上限"),
    "stacking": Text("Another campaign of its group counted", "同组其他活动优先"),
    "budget": Text("The budget could not cover it", "预算不足"),
}
EFFECTS: dict[str, Text] = {
    "points": Text("{points} points", "{points} 积分"),
    "points_multiplied": Text("{factor} times the usual points", "常规积分的 {factor} 倍"),
    "badge": Text("the badge “{code}”", "徽章“{code}”"),
    "benefit": Text("{benefit}", "{benefit}"),
    "message": Text("a message: “{title}”", "一条消息：“{title}”"),
    "refused": Text("“{named}”, which is refused", "“{named}”（不允许）"),
}
REPLAY_STATES: dict[str, Text] = {
    "queued": Text("Waiting", "排队中"),
    "running": Text("Running", "运行中"),
    "done": Text("Done", "已完成"),
    "failed": Text("Failed", "失败"),
}

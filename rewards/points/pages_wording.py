"""What the page of earn rules says to staff."""

from backend.kit.texts import Text

RULES = {
    "title": Text("Earn rules", "积分规则"),
    "about": Text(
        "What earns points always, beside campaigns. A version counts from the first day of a"
        " month, and a second person publishes it.",
        "除活动之外始终适用的积分规则。每个版本自某月首日起生效，并须由另一人发布。",
    ),
    "version": Text("Version", "版本"),
    "from": Text("From", "生效日"),
    "kind": Text("For what", "事项"),
    "points": Text("Points", "积分"),
    "details": Text("Details", "细则"),
    "only": Text("Only where", "仅限"),
    "everywhere": Text("everywhere", "全部"),
    "in_force": Text("In force", "生效中"),
    "to_come": Text("To come", "即将生效"),
    "draft": Text("Waits for a second person", "待另一人发布"),
    "past": Text("Past", "已过期"),
    "publish": Text("Publish", "发布"),
    "published": Text("Published.", "已发布。"),
    "none": Text("No rule: nothing is earned.", "没有规则，不产生积分。"),
}
KINDS = {
    "on_time": Text("An instalment paid on time", "按时还款一期"),
    "early": Text("An instalment paid early", "提前还款一期"),
    "cured": Text("Caught up after having been late", "逾期后恢复正常"),
    "asked_first": Text("Asked for a plan before anything was missed", "逾期前主动申请方案"),
    "referral": Text("A friend who joined and paid on time", "推荐的朋友加入并按时还款"),
    "helpful_answer": Text("A helpful answer in the community", "社区中的有用回答"),
}
PARAMETERS = {
    "days_early": Text("days early, at least", "至少提前天数"),
    "days_past_due": Text("days past due, at least", "至少逾期天数"),
    "months_between": Text("once in so many months", "间隔月数"),
    "per_month": Text("at most in a month", "每月最多"),
    "points_per_week": Text("points in a week, at most", "每周积分上限"),
}

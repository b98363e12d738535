"""What the page of results says."""

from backend.kit.texts import Text

RESULTS = {
    "title": Text("Results", "活动结果"),
    "campaign": Text("The campaign", "活动"),
    "look": Text("As of", "截至"),
    "show": Text("Show", "查看"),
    "early": Text("Early look", "中期结果"),
    "final": Text("Final look", "最终结果"),
    "final_on": Text("Final on", "最终结果日"),
    "span": Text("Span of each, in days", "每人观察天数"),
    "reach": Text("Reach", "覆盖"),
    "treated": Text("Takes part", "参与组"),
    "holdout": Text("Held out by lot", "随机对照组"),
    "measured": Text("of them measured", "其中观察期已满"),
    "awarded": Text("Given something", "已获奖励人数"),
    "cost": Text("Cost", "成本"),
    "awards": Text("Awards", "奖励次数"),
    "points": Text("Points", "积分"),
    "taken_back": Text("Awards taken back", "已收回奖励"),
    "points_each": Text("Points for each who takes part", "人均积分"),
    "effect": Text("What changed by it", "活动带来的变化"),
    "measure": Text("Measure", "指标"),
    "difference": Text("Difference", "差异"),
    "interval": Text("95 % interval", "95% 区间"),
    "finding": Text("What it says", "结论"),
    "primary": Text("Primary measure", "主要指标"),
    "guard": Text("Guard", "防护指标"),
    "of": Text("of", "/"),
    "share_chart": Text("Both groups beside each other", "两组对比"),
    "per_cent": Text("Per cent", "百分比"),
    "week_chart": Text("Points given by week", "每周发放积分"),
    "week": Text("Week from", "周起始日"),
    "refused": Text("Why nothing was given", "未发放的原因"),
    "reason": Text("Reason", "原因"),
    "times": Text("Times", "次数"),
    "none_refused": Text("Nothing was refused so far.", "目前没有未发放的记录。"),
    "none_given": Text("Nothing was given so far.", "目前尚未发放奖励。"),
    "method": Text(
        "Everybody counts in the group that the lot gave her, whether she was given anything or"
        " not. Shares are compared by Newcombe and Wilson, means by Welch.",
        "每位借款人按抽签所得分组统计，与是否获奖无关。"
        "比例用 Newcombe-Wilson 法比较，均值用 Welch 法。",
    ),
}
REASONS = {
    "paused": Text("The campaign was paused", "活动已暂停"),
    "outside_schedule": Text("Outside its days or hours", "不在活动时段内"),
    "conditions": Text("The conditions were not met", "未满足条件"),
    "not_enrolled": Text("Not enrolled in the programme", "未加入计划"),
    "holdout": Text("Held out by lot", "属于随机对照组"),
    "per_borrower": Text("Her limit was reached", "已达个人上限"),
    "stacking": Text("Another campaign of the group came first", "同组其他活动优先"),
    "budget": Text("The budget could not cover it", "预算不足"),
}

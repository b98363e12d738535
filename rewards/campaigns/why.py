"""What campaigns say to the borrower of each yes and no: kindly, and why."""

from collections.abc import Mapping

from backend.kit.texts import Text
from rewards.campaigns.outcomes import Outcome, Reason

WHY: Mapping[Reason, Text] = {
    Reason.PAUSED: Text("This offer was taking a break at that time.", "该活动当时处于暂停期间。"),
    Reason.OUTSIDE_SCHEDULE: Text(
        "It counts on certain days and hours, and this was at another time.",
        "活动仅在特定日期和时段有效，这一次不在其中。",
    ),
    Reason.CONDITIONS: Text(
        "What this offer asks for was not reached yet at that time. It can still come.",
        "当时尚未达到活动要求，之后仍有机会。",
    ),
    Reason.NOT_ENROLLED: Text(
        "You were not in the programme at that time.", "当时您尚未参加计划。"
    ),
    Reason.HOLDOUT: Text(
        "This round was drawn by lot, and the lot fell on others. All else stays as it is.",
        "本轮由抽签决定，这一次抽中了其他人。其他一切不受影响。",
    ),
    Reason.PER_BORROWER: Text(
        "You have already received all that one person can receive here.",
        "您已获得每人可获得的全部奖励。",
    ),
    Reason.STACKING: Text(
        "Another offer counted for the same occasion, and only one of them can.",
        "同一次行为已计入另一项活动，两者只能取其一。",
    ),
    Reason.BUDGET: Text(
        "All that was set aside for this offer had been given by then.",
        "当时该活动的全部名额已发放完毕。",
    ),
}
OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.AWARDED: Text("It is yours. Well done.", "已归您所有，做得很好。"),
    Outcome.REFUSED: Text("Not this time.", "这一次没有获得。"),
    Outcome.REVERSED: Text(
        "A payment did not go through after all, so this went back. It can come again.",
        "有一笔付款最终未能成功，因此已退回。之后仍可再次获得。",
    ),
}
# Of what conditions ask, what she can watch grow.
PROGRESS: Mapping[str, Text] = {
    "on_time_streak": Text("On time in a row", "连续按时次数"),
    "plan_installments_kept": Text("Instalments of a plan kept", "已履行的方案期数"),
}

"""Campaigns to start from: whole documents, with days counted from today."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.kit.texts import Text
from rewards.points.rules import add_months


@dataclass(frozen=True)
class Starter:
    """One of them. `about` says for whom and why, to the marketer."""

    code: str
    about: Text
    months: int
    name: Text
    promise: Text
    parts: dict[str, Any]

    def document(self, *, today: date, zone: str) -> dict[str, Any]:
        """As a draft that runs from tomorrow."""
        starts_on = today + timedelta(days=1)
        ends_on = add_months(starts_on, self.months) - timedelta(days=1)
        return {
            "texts": {"name": self.name.as_json(), "promise": self.promise.as_json()},
            **deepcopy(_COMMON),
            **deepcopy(self.parts),
            "schedule": {
                "starts_on": starts_on.isoformat(),
                "ends_on": ends_on.isoformat(),
                "zone": zone,
                "weekdays": None,
                "dayparts": None,
            },
        }


def _budget(points: int | None, *, awards: int | None = None, each: int = 1) -> dict[str, Any]:
    return {
        "points_total": points,
        "awards_total": awards,
        "per_period": None,
        "per_borrower": {"awards": each, "points": None},
    }


def _fact(name: str, op: str, value: Any) -> dict[str, Any]:
    return {"all": [{"fact": name, "op": op, "value": value}]}


_COMMON: dict[str, Any] = {
    "conditions": {"all": []},
    "stacking": {"group": "general", "mode": "all", "priority": 100},
    "holdout": "0.10",
    "primary_measure": "on_time_rate",
    "window_days": 30,
}

STARTERS = (
    Starter(
        "three_in_a_row",
        Text(
            "For the tiers potential and stable: a habit of paying on time.",
            "面向潜力与稳定等级：养成按时还款的习惯。",
        ),
        6,
        Text("Three in a row", "连续三期"),
        Text(
            "Pay three instalments in a row on time and receive 200 points.",
            "连续三期按时还款，即可获得 200 积分。",
        ),
        {
            "trigger": {"event": "installment_paid"},
            "audience": _fact("tier", "in", ["potential", "stable"]),
            "conditions": _fact("on_time_streak", "gte", 3),
            "effects": [{"kind": "points", "points": 200}],
            "budget": _budget(50_000),
            "stacking": {"group": "streaks", "mode": "all", "priority": 100},
        },
    ),
    Starter(
        "first_step_of_a_plan",
        Text(
            "For everybody who agreed a plan: the first steps are the hardest.",
            "面向所有已达成还款方案的人：起步最难。",
        ),
        6,
        Text("A good start", "良好开端"),
        Text(
            "Keep an instalment of your plan and receive 100 points, up to three times.",
            "按方案还清一期即可获得 100 积分，最多三次。",
        ),
        {
            "trigger": {"event": "plan_installment_kept"},
            "audience": _fact("plan_active", "eq", value=True),
            "effects": [{"kind": "points", "points": 100}],
            "budget": _budget(60_000, each=3),
            "stacking": {"group": "plans", "mode": "all", "priority": 100},
        },
    ),
    Starter(
        "plan_completed",
        Text("A thank-you for a plan that was kept to its end.", "感谢坚持完成还款方案的人。"),
        12,
        Text("Word kept", "言出必行"),
        Text(
            "Complete your plan: 500 points and an education pack are yours.",
            "完成还款方案，即可获得 500 积分和一份知识学习包。",
        ),
        {
            "trigger": {"event": "plan_completed"},
            "audience": {"all": []},
            "effects": [
                {"kind": "points", "points": 500},
                {"kind": "benefit", "benefit": "education_pack"},
            ],
            "budget": _budget(200_000),
            "primary_measure": "second_overdue",
            "window_days": 90,
            "stacking": {"group": "plans", "mode": "all", "priority": 200},
        },
    ),
    Starter(
        "early_bird",
        Text(
            "For those in good standing: paying a few days early, without stress at the end.",
            "面向正常等级：提前几天还款，期末更从容。",
        ),
        3,
        Text("A few days early", "提前几天"),
        Text(
            "Pay an instalment three days early: twice the usual points, up to three times.",
            "任一期提前三天以上还清，常规积分翻倍，最多三次。",
        ),
        {
            "trigger": {"event": "installment_paid"},
            "audience": _fact("tier", "eq", "current"),
            "conditions": _fact("event_days_early", "gte", 3),
            "effects": [{"kind": "points_multiplied", "factor": "2"}],
            "budget": _budget(100_000, each=3),
            "stacking": {"group": "general", "mode": "best", "priority": 50},
        },
    ),
    Starter(
        "back_on_track",
        Text(
            "For those whose tier rises: a word of recognition at the right moment.",
            "面向等级上升的人：在恰当的时候给予肯定。",
        ),
        6,
        Text("Back on track", "重回正轨"),
        Text(
            "When your standing rises you receive 150 points and a note from us.",
            "当您的等级上升时，您将获得 150 积分和我们的一封来信。",
        ),
        {
            "trigger": {"event": "tier_raised"},
            "audience": _fact("tier", "in", ["high_risk", "stable", "potential"]),
            "effects": [
                {"kind": "points", "points": 150},
                {
                    "kind": "message",
                    "purpose": "reward",
                    "title": {"en": "Well done", "zh-CN": "做得很好"},
                    "body": {
                        "en": "You have come a good way. 150 points are yours.",
                        "zh-CN": "您已经走了很长一段路，150 积分已归您所有。",
                    },
                },
            ],
            "budget": _budget(75_000),
            "primary_measure": "cure_rate",
            "window_days": 60,
        },
    ),
    Starter(
        "badge_bonus",
        Text(
            "For everybody: learning for those who have earned a badge.",
            "面向所有人：获得徽章后可领取学习内容。",
        ),
        6,
        Text("Learn and go on", "学而后进"),
        Text(
            "With a new badge comes an education pack. It helps with the next step.",
            "获得新徽章即可领取一份知识学习包，助您走好下一步。",
        ),
        {
            "trigger": {"event": "badge_awarded"},
            "audience": {"all": []},
            "effects": [{"kind": "benefit", "benefit": "education_pack"}],
            "budget": _budget(None, awards=2_000),
        },
    ),
)


def find_starter(code: str) -> Starter | None:
    """One of them by its code, or None."""
    return next((each for each in STARTERS if each.code == code), None)

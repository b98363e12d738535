"""What the treated and those held out are compared by: every definition in one place. Pure.

Intention to treat: everybody counts in the arm that the lot gave her on the day she joined,
whether she was given anything or not. Of each the span from that day on, as long as the version
that was launched first says, and only once it is over. Shares differ by Newcombe-Wilson, means by
Welch, 95 % [R15].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from backend.kit.statistics import Mean, Share, difference, difference_of_means
from backend.kit.texts import Text
from rewards.campaigns.rules import Measure

ARM_LEAST = 30  # borrowers measured in each arm, below which nothing is said
DUE_DATES_KEPT = "due_dates_kept"


class Finding(StrEnum):
    """What a comparison says."""

    TOO_FEW = "too_few"
    NOTHING_PROVEN = "nothing_proven"
    BETTER = "better"
    WORSE = "worse"
    UNKNOWN = "unknown"


class Look(StrEnum):
    """Whether it is early: people still join, or some spans are not over."""

    EARLY = "early"
    FINAL = "final"


@dataclass(frozen=True)
class Definition:
    """One measure: its name, of whom it is a share of what, and which way is good."""

    name: Text
    about: Text
    high_is_good: bool


DEFINITIONS: Mapping[str, Definition] = {
    Measure.ON_TIME_RATE: Definition(
        Text("Paid on time", "按时还款率"),
        Text(
            "Of those with something due in their span, who paid all of it by its day.",
            "观察期内有应还款项的借款人中，全部按时还清者的占比。",
        ),
        high_is_good=True,
    ),
    Measure.CURE_RATE: Definition(
        Text("Caught up", "逾期恢复率"),
        Text(
            "Of those past due on the day they joined, who were not on the last day of their span.",
            "参与当日处于逾期的借款人中，观察期末日已不再逾期者的占比。",
        ),
        high_is_good=True,
    ),
    Measure.SECOND_OVERDUE: Definition(
        Text("Past due again", "再次逾期率"),
        Text(
            "Of those who had been past due at any time before they joined, who fell past due anew"
            " in their span.",
            "参与前曾逾期的借款人中，观察期内又新发生逾期者的占比。",
        ),
        high_is_good=False,
    ),
    DUE_DATES_KEPT: Definition(
        Text("Due dates kept, on average", "平均按期履约比例"),
        Text(
            "Of each with something due in her span, the share of it that was paid by its day.",
            "观察期内有应还款项的每位借款人，其按期还清的比例，再取平均。",
        ),
        high_is_good=True,
    ),
    Measure.COMPLAINTS: Definition(
        Text("Complaints", "投诉率"),
        Text(
            "Of everybody, who complained in her span.",
            "全部参与者中，观察期内提出投诉者的占比。",
        ),
        high_is_good=False,
    ),
}
# The others stand beside whichever is the primary one, so that a gain is not bought with a harm.
GUARDS = (Measure.SECOND_OVERDUE, Measure.COMPLAINTS)
NO_COMPLAINTS_YET = Text(
    "Complaints are not recorded in this product yet, so nothing can be said of them.",
    "本系统尚未记录投诉，因此无法给出结果。",
)
FINDINGS: Mapping[Finding, Text] = {
    Finding.TOO_FEW: Text(
        f"Too few: fewer than {ARM_LEAST} of one arm could be measured.",
        f"样本过少：其中一组可观察人数不足 {ARM_LEAST} 人。",
    ),
    Finding.NOTHING_PROVEN: Text(
        "The interval holds zero: nothing is proven either way.",
        "区间包含零：尚不能说明有差异。",
    ),
    Finding.BETTER: Text("Better than without the campaign.", "优于未参加活动的对照组。"),
    Finding.WORSE: Text("Worse than without the campaign.", "差于未参加活动的对照组。"),
    Finding.UNKNOWN: Text("Not known.", "未知。"),
}
LOOKS: Mapping[Look, Text] = {
    Look.EARLY: Text(
        "An early look. Decide by the final one: whoever looks often sees chance as effect.",
        "这是中期结果。请以最终结果为准：频繁查看容易把偶然当成效果。",
    ),
    Look.FINAL: Text("The final look: every span is over.", "最终结果：所有观察期均已结束。"),
}


@dataclass(frozen=True)
class Comparison:
    """One measure of both arms; without groups where nothing is recorded."""

    code: str
    is_primary: bool
    treated: Share | Mean | None
    holdout: Share | Mean | None

    @property
    def definition(self) -> Definition:
        """What it is."""
        return DEFINITIONS[self.code]

    @property
    def difference(self) -> tuple[float, float, float] | None:
        """Treated minus holdout with its 95 % interval; None of too few."""
        if self.finding in (Finding.TOO_FEW, Finding.UNKNOWN):
            return None
        return self._difference()

    @property
    def finding(self) -> Finding:
        """What it says."""
        if self.treated is None or self.holdout is None:
            return Finding.UNKNOWN
        if min(self.treated.size, self.holdout.size) < ARM_LEAST:
            return Finding.TOO_FEW
        found = self._difference()
        if found is None or found[1] <= 0 <= found[2]:
            return Finding.NOTHING_PROVEN
        is_good = (found[0] > 0) is self.definition.high_is_good
        return Finding.BETTER if is_good else Finding.WORSE

    def _difference(self) -> tuple[float, float, float] | None:
        if isinstance(self.treated, Share) and isinstance(self.holdout, Share):
            return difference(self.treated, self.holdout)
        if isinstance(self.treated, Mean) and isinstance(self.holdout, Mean):
            return difference_of_means(self.treated, self.holdout)
        return None


def look_of(*, joined_until: date, window_days: int, as_of: date) -> Look:
    """Final once whoever joined on the last day has had her whole span."""
    is_over = joined_until + timedelta(days=window_days) <= as_of
    return Look.FINAL if is_over else Look.EARLY

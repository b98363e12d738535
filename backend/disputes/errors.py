"""Refusals of disputes. Each names its rule, the rule's value, and what would change it."""

from datetime import date
from typing import Self
from uuid import UUID

from backend.kit.problems import Conflict, NotFound, Reason
from backend.kit.texts import Text


class DisputeUnknown(NotFound):
    code = "dispute-unknown"
    title = Text("There is no such dispute.", "没有这项异议。")


class DisputedUnknown(NotFound):
    code = "disputed-line-unknown"
    title = Text("This loan has no such line or payment.", "该贷款没有这笔费用或还款记录。")


class DisputeOpen(Conflict):
    """`dispute_id`: the one that is open; more can be said there."""

    code = "dispute-open"
    title = Text("A dispute about this is open already.", "关于此事的异议正在处理中。")

    @classmethod
    def beside(cls, dispute_id: UUID) -> Self:
        """One is open of each matter."""
        return cls(
            reasons=[Reason(cls.code, cls.title)],
            would_change=[{"kind": "answer", "dispute_id": str(dispute_id)}],
            dispute_id=str(dispute_id),
        )


class DisputeSettled(Conflict):
    """`dispute_id`: the one by which this line was mended."""

    code = "dispute-settled"
    title = Text(
        "This line was put right before, in whole or in part.", "此项此前已全部或部分更正。"
    )

    @classmethod
    def by(cls, dispute_id: UUID) -> Self:
        """A line is put right once."""
        return cls(
            reasons=[Reason(cls.code, cls.title)],
            would_change=[{"kind": "complaint"}],
            dispute_id=str(dispute_id),
        )


class DisputeRepeated(Conflict):
    code = "dispute-repeated"
    title = Text(
        "We answered this more than once. A complaint has somebody else look at it.",
        "此事我们已多次答复。您可以提出投诉，由其他人员重新核查。",
    )

    @classmethod
    def until(cls, free_on: date, *, times: int, days: int) -> Self:
        """So many answers in so many days, until a day."""
        reason = Text(
            "We answered this {times} times in {days} days; it can be raised again from {free_on},"
            " or as a complaint now.",
            "{days} 天内我们已就此事答复 {times} 次；{free_on} 起可再次提出，也可现在提出投诉。",
        ).format(times=times, days=days, free_on=free_on)
        return cls(
            reason,
            reasons=[Reason(cls.code, reason)],
            would_change=[{"kind": "complaint"}, {"kind": "time", "from_on": free_on.isoformat()}],
        )


class TooManyDisputes(Conflict):
    code = "too-many-disputes"
    title = Text(
        "There are many open disputes already; let us answer some of them first.",
        "目前待处理的异议较多，请等我们先答复其中一部分。",
    )

    @classmethod
    def beyond(cls, open_max: int) -> Self:
        """So many are open at a time."""
        reason = Text(
            "At most {open_max} disputes are open at a time.",
            "同时处理中的异议最多 {open_max} 项。",
        ).format(open_max=open_max)
        return cls(
            reasons=[Reason(cls.code, reason)],
            would_change=[{"kind": "answer"}],
            open_max=open_max,
        )


class DisputeMoveRefused(Conflict):
    """`state`: how it stands, which is what won."""

    code = "dispute-not-open"
    title = Text("This dispute can no longer be changed in that way.", "该异议已不能再作此变更。")

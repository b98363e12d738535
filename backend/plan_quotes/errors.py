"""Refusals of quotes."""

from datetime import datetime
from typing import Self

from backend.kit.problems import Conflict
from backend.kit.texts import Text


class OptionNotPossible(Conflict):
    """Reasons say which rule failed; `would_change` the smallest change that passes."""

    code = "option-not-possible"
    title = Text("This option does not fit this loan as it stands.", "按目前情况，此方案不适用。")


class TooManyQuotes(Conflict):
    """`would_change`: choose one that is good, or ask again from the moment that the first ends."""

    code = "too-many-plan-quotes"
    title = Text(
        "You have compared very many ways of paying this loan. All of them stay good: you can"
        " choose one now, ask us to help you choose, or ask for more once the first has ended.",
        "您已比较了这笔贷款的很多还款方式，这些报价仍然有效：您可以直接选择其中一个，请我们协助您选择，"
        "或在最早的报价到期后再获取新的报价。",
    )

    @classmethod
    def until(cls, ends_at: datetime) -> Self:
        """Refused until that moment."""
        ways = [{"kind": "choose"}, {"kind": "time", "from": ends_at.isoformat()}]
        return cls(would_change=ways)

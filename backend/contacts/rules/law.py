"""The rules of contact as data: what each regime blocks, and what the product adds for itself.

A rule that changes gets a new row with its day; the old one stays, so that what was judged by it
can be explained. Regulation F binds collectors for others; a lender adopts it as policy.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from backend.contacts.rules.cases import COLLECTION_LIKE, PROTECTIVE, Approach, Errand, Regime
from backend.contacts.rules.ledger import OUTBOUND, EntryKind
from backend.contacts.rules.predicates import (
    AsksAnother,
    Budget,
    CallsInDays,
    Ceased,
    Held,
    Inconvenient,
    InWindow,
    Predicate,
    SwitchedOff,
)
from backend.contacts.rules.windows import Window
from backend.events.contacts import Channel, Purpose
from backend.kit.texts import Text


class Effect(StrEnum):
    """The law blocks; the product's own defers, and never says that the law does."""

    BLOCK = "block"
    DEFER = "defer"


class Certainty(StrEnum):
    """How sure we are: it is our own word; a text that we adopted says so; or we read it so."""

    OWN = "own"
    ADOPTED = "adopted"
    READ = "read"


@dataclass(frozen=True)
class Rule:
    """One rule from a day on. None stands for every regime, channel or purpose."""

    id: str
    regime: Regime | None
    predicate: Predicate
    citation: str
    certainty: Certainty
    valid_from: date
    text: Text
    effect: Effect = Effect.BLOCK
    channels: frozenset[Channel] | None = None
    purposes: frozenset[str] | None = None
    but: frozenset[str] = frozenset()

    def applies(self, approach: Approach, regimes: frozenset[Regime]) -> bool:
        """Whether it speaks of such a contact at all."""
        return (
            (self.regime is None or self.regime in regimes)
            and (self.channels is None or approach.channel in self.channels)
            and (self.purposes is None or approach.purpose in self.purposes)
            and approach.purpose not in self.but
        )


ANY_HOUR = frozenset({str(Purpose.RECEIPT), str(Purpose.SECURITY)})
# What she neither did nor asked for.
UNASKED = frozenset(
    str(each) for each in (Purpose.REWARD, Purpose.COMMUNITY, Purpose.GREETING, Purpose.MARKETING)
)
CALLS = frozenset({Channel.CALL})
CN_NIGHT = Window.of("22:00", "08:00")
US_NIGHT = Window.of("21:00", "08:00")
OUTSIDE_OWN_HOURS = Window.of("20:30", "09:00")
GB_T = "GB/T 45251-2025"
CN_BOTH = f"{GB_T}; CBA guideline 2026-01-30"
GB_T_ON = date(2025, 2, 28)
CBA_ON = date(2026, 1, 30)
REG_F_ON = date(2021, 11, 30)
OWN_ON = date(2026, 1, 1)
OWN = "Goodfaith, own rule"

_CN_HOURS = Text(
    "From 22:00 to 08:00 nobody disturbs her, unless she agreed to that time.",
    "22:00至次日8:00不打扰客户，除非客户已同意该时段。",
)


def _cn_hours(citation: str, valid_from: date) -> Rule:
    return Rule(
        id="CN.hours",
        regime=Regime.CN,
        predicate=InWindow(CN_NIGHT, lifted_by_agreement=True),
        citation=citation,
        certainty=Certainty.ADOPTED,
        valid_from=valid_from,
        text=_CN_HOURS,
        but=ANY_HOUR,
    )


CN_RULES = (
    _cn_hours(GB_T, GB_T_ON),
    _cn_hours(CN_BOTH, CBA_ON),
    Rule(
        id="CN.voice.connected_3_per_day",
        regime=Regime.CN,
        predicate=CallsInDays(
            frozenset({EntryKind.CONNECTED, EntryKind.CONVERSATION}), count=3, days=1
        ),
        citation=CN_BOTH,
        certainty=Certainty.READ,
        valid_from=GB_T_ON,
        text=Text(
            "Three calls a day that were answered are the most, ours and our agencies' together.",
            "每日接通的电话最多三次，含受托机构。",
        ),
        channels=CALLS,
    ),
    Rule(
        id="CN.voice.unanswered_6_per_contact_per_day",
        regime=Regime.CN,
        predicate=CallsInDays(frozenset({EntryKind.ATTEMPT}), count=6, days=1, per_contact=True),
        citation=CN_BOTH,
        certainty=Certainty.READ,
        valid_from=GB_T_ON,
        text=Text(
            "Six unanswered calls a day to one telephone are the most, with our agencies'.",
            "每日对同一号码未接通的电话最多六次，含受托机构。",
        ),
        channels=CALLS,
    ),
    Rule(
        id="CN.third_party",
        regime=Regime.CN,
        predicate=AsksAnother(),
        citation=CN_BOTH,
        certainty=Certainty.READ,
        valid_from=GB_T_ON,
        text=Text(
            "Another person may be asked only when she cannot be reached, without a word of the"
            " debt, and never again after a no.",
            "仅在无法联系客户时方可联系他人，不得透露债务，对方拒绝后不得再次联系。",
        ),
    ),
)
US_RULES = (
    Rule(
        id="US.hours",
        regime=Regime.US,
        predicate=InWindow(US_NIGHT, zones="all"),
        citation="12 CFR 1006.6(b)(1); 15 USC 1692c(a)(1)",
        certainty=Certainty.ADOPTED,
        valid_from=REG_F_ON,
        text=Text(
            "Before 08:00 and from 21:00 where she is, nobody disturbs her.",
            "在客户所在地8:00之前及21:00之后不打扰客户。",
        ),
        but=ANY_HOUR,
    ),
    Rule(
        id="US.hours.conflicting_location",
        regime=Regime.US,
        predicate=InWindow(US_NIGHT, zones="one_of_many"),
        citation="12 CFR 1006.6(b)(1), comment 6(b)(1)(i)-2",
        certainty=Certainty.ADOPTED,
        valid_from=REG_F_ON,
        text=Text(
            "It is not sure where she is, and in one of the places it is too early or too late.",
            "客户所在地不确定，其中一地的时间过早或过晚。",
        ),
        but=ANY_HOUR,
    ),
    Rule(
        id="US.borrower_window",
        regime=Regime.US,
        predicate=Inconvenient(),
        citation="12 CFR 1006.6(b)(1)(i); 15 USC 1692c(a)(1)",
        certainty=Certainty.ADOPTED,
        valid_from=REG_F_ON,
        text=Text("She called this time inconvenient.", "客户表示该时段不便。"),
        but=ANY_HOUR,
    ),
    Rule(
        id="US.calls.7in7",
        regime=Regime.US,
        predicate=CallsInDays(OUTBOUND, count=7, days=7, per_debt=True, without_undelivered=True),
        citation="12 CFR 1006.14(b)(2)(i)(A), (b)(3)",
        certainty=Certainty.ADOPTED,
        valid_from=REG_F_ON,
        text=Text(
            "Seven calls about one debt in seven days are the most.",
            "同一债务七日内最多拨打七次电话。",
        ),
        channels=CALLS,
    ),
    Rule(
        id="US.calls.after_conversation",
        regime=Regime.US,
        predicate=CallsInDays(
            frozenset({EntryKind.CONVERSATION, EntryKind.INBOUND}), count=1, days=7, per_debt=True
        ),
        citation="12 CFR 1006.14(b)(2)(i)(B), (b)(2)(ii)",
        certainty=Certainty.ADOPTED,
        valid_from=REG_F_ON,
        text=Text(
            "After a talk about a debt nobody calls about it for seven days, its own day included.",
            "就某笔债务通话后，含当日七日内不再就其致电。",
        ),
        channels=CALLS,
    ),
    Rule(
        id="US.medium_opt_out",
        regime=Regime.US,
        predicate=SwitchedOff(),
        citation="12 CFR 1006.14(h)(1), (h)(2)",
        certainty=Certainty.ADOPTED,
        valid_from=REG_F_ON,
        text=Text(
            "She asked not to be reached this way. One confirmation of that may be sent.",
            "客户要求不再使用此渠道；仅可发送一次确认。",
        ),
    ),
    Rule(
        id="US.cease",
        regime=Regime.US,
        predicate=Ceased(),
        citation="12 CFR 1006.6(c); 15 USC 1692c(c)",
        certainty=Certainty.ADOPTED,
        valid_from=REG_F_ON,
        text=Text(
            "She asked not to be reached. Only a notice of a remedy may be sent.",
            "客户要求停止联系；仅可发送有关法律救济的通知。",
        ),
        but=frozenset({str(Errand.REMEDY_NOTICE)}),
    ),
    Rule(
        id="US.third_party",
        regime=Regime.US,
        predicate=AsksAnother(),
        citation="12 CFR 1006.6(d)(1), 1006.10; 15 USC 1692b, 1692c(b)",
        certainty=Certainty.READ,
        valid_from=REG_F_ON,
        text=Text(
            "Another person may only be asked where she is, without a word of the debt, and once.",
            "仅可向他人询问客户所在地，不得透露债务，且仅限一次。",
        ),
    ),
)


def _own(
    name: str,
    predicate: Predicate,
    text: Text,
    *,
    purposes: frozenset[str] | None = COLLECTION_LIKE,
    but: frozenset[str] = frozenset(),
) -> Rule:
    return Rule(
        id=f"OWN.{name}",
        regime=None,
        predicate=predicate,
        citation=OWN,
        certainty=Certainty.OWN,
        valid_from=OWN_ON,
        text=text,
        effect=Effect.DEFER,
        purposes=purposes,
        but=but,
    )


OWN_RULES = (
    _own(
        "hours",
        InWindow(OUTSIDE_OWN_HOURS, lifted_by_agreement=True),
        Text("We remind between 09:00 and 20:30 alone.", "我们仅在9:00至20:30之间提醒。"),
    ),
    _own(
        "borrower_window",
        Inconvenient(),
        Text("She called this time inconvenient.", "客户表示该时段不便。"),
        purposes=None,
        but=ANY_HOUR,
    ),
    _own(
        "reminder.1_per_day",
        Budget(count=1, days=1),
        Text("One reminder a day is the most, over all channels.", "各渠道合计每日最多提醒一次。"),
    ),
    _own(
        "reminder.3_in_7_days",
        Budget(count=3, days=7),
        Text(
            "Three reminders in seven days are the most, over all channels.",
            "各渠道合计七日内最多提醒三次。",
        ),
    ),
    _own(
        "hold",
        Held(),
        Text(
            "Something she asked for or promised is open: she is left in peace.",
            "客户的申请或承诺正在处理中，期间不打扰。",
        ),
    ),
    _own(
        "quiet",
        Held(cause=PROTECTIVE),
        Text("She is left in peace for some days.", "这几日不打扰客户。"),
        purposes=UNASKED,
    ),
    _own(
        "switched_off",
        SwitchedOff(and_all=True),
        Text("She switched this channel off.", "客户已关闭此渠道。"),
        purposes=None,
        but=frozenset({str(Purpose.SECURITY), str(Errand.REMEDY_NOTICE)}),
    ),
)
RULES = (*CN_RULES, *US_RULES, *OWN_RULES)
BY_ID = {rule.id: rule for rule in RULES}  # the newest of each


def in_force(at: datetime) -> tuple[Rule, ...]:
    """Each rule in its version of a day; what is older than all of them is judged by the first."""
    found: dict[str, Rule] = {}
    for rule in RULES:
        if rule.id not in found or rule.valid_from <= at.date():
            found[rule.id] = rule
    return tuple(found.values())

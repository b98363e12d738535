"""What may be decided in each queue, on what grounds, and from when it counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend.kit.texts import Text
from community.cases.rules import Queue

PENALTY_DELAY = timedelta(minutes=10)  # a mis-click is free
APPEAL_WINDOW = timedelta(days=180)
SUSPENSION_DAYS_MAX = 365
CONFIRMED_BEYOND_DAYS = 30
# A second person who did not come by then says no.
CONFIRMED_WITHIN = timedelta(days=3)
# Nobody of the lender's approaches her for so long, where a moderator asks for it.
PROTECTED_DAYS_MAX = 14
SIMILAR_MAX = 3
REASON_LENGTH_MAX = 1_000
REASON_LENGTH_MIN = 10


class Action(StrEnum):
    """What a decision does. Each has a key of its own in `KEYS`."""

    APPROVE = "approve"
    WARN = "warn"
    REMOVE = "remove"
    MUTE = "mute"
    SUSPEND = "suspend"
    HELP_GIVEN = "help_given"
    NO_CRISIS = "no_crisis"
    CONFIRM_HELPFUL = "confirm_helpful"
    UPHOLD = "uphold"
    OVERTURN = "overturn"


class Standing(StrEnum):
    """Where a decision stands. Waiting: for a second person. Pending: for its ten minutes."""

    WAITING = "waiting"
    PENDING = "pending"
    COUNTS = "counts"
    UNDONE = "undone"


KEYS: dict[Action, str] = {
    Action.APPROVE: "a",
    Action.WARN: "w",
    Action.REMOVE: "r",
    Action.MUTE: "m",
    Action.SUSPEND: "s",
    Action.HELP_GIVEN: "h",
    Action.NO_CRISIS: "n",
    Action.CONFIRM_HELPFUL: "c",
    Action.UPHOLD: "u",
    Action.OVERTURN: "o",
}
MOVING_KEYS = {"skip": "k", "escalate": "e", "release": "l"}

ALLOWED: dict[Queue, tuple[Action, ...]] = {
    Queue.GENERAL: (
        Action.APPROVE,
        Action.WARN,
        Action.REMOVE,
        Action.MUTE,
        Action.SUSPEND,
        Action.CONFIRM_HELPFUL,
    ),
    # Whoever is in need is never punished for saying so.
    Queue.CRISIS: (Action.HELP_GIVEN, Action.NO_CRISIS),
    # What is said of the lender stays; only what endangers a person may go.
    Queue.LENDER: (Action.APPROVE, Action.REMOVE),
    Queue.APPEALS: (Action.UPHOLD, Action.OVERTURN),
}
# They take something from the author: she is told why, and may appeal.
PENALTIES = frozenset({Action.WARN, Action.REMOVE, Action.MUTE, Action.SUSPEND})
# What a mis-click may have done. Help that was given, and an answer that was confirmed, stay.
UNDOABLE = PENALTIES | {Action.APPROVE, Action.NO_CRISIS}
# What tells how often the rules that found something were right; and what may be done by likeness.
JUDGES = PENALTIES | {Action.APPROVE}
TAKES_DOWN = frozenset({Action.REMOVE, Action.MUTE, Action.SUSPEND})
# They are about the author, not about the text.
SANCTIONS = frozenset({Action.WARN, Action.MUTE, Action.SUSPEND})
# Days are named with these alone.
TIMED = frozenset({Action.MUTE, Action.SUSPEND})


class Clause(StrEnum):
    """The rules of the community that a decision may rest on."""

    PERSONAL_DATA = "personal_data"
    DEBT_SELLERS = "debt_sellers"
    ILLEGAL_OFFERS = "illegal_offers"
    RESPECT = "respect"
    THREATS = "threats"
    SPAM = "spam"
    DANGER = "danger"
    OFF_TOPIC = "off_topic"


CLAUSES: dict[Clause, Text] = {
    Clause.PERSONAL_DATA: Text(
        "No telephone numbers, ids, addresses or accounts, neither yours nor another's.",
        "请不要发布电话、证件号、住址或账号，无论是自己的还是他人的。",
    ),
    Clause.DEBT_SELLERS: Text(
        "No offers to settle or stop debts for a fee.", "请不要发布收费代理维权、停息挂账等服务。"
    ),
    Clause.ILLEGAL_OFFERS: Text(
        "No offers of loans, gambling or other illegal business.",
        "请不要发布借贷、赌博或其他违法业务的信息。",
    ),
    Clause.RESPECT: Text("No insults, no shaming.", "请不要辱骂或羞辱他人。"),
    Clause.THREATS: Text("No threats.", "请不要威胁他人。"),
    Clause.SPAM: Text("No advertising, and nothing over and over.", "请不要发布广告或重复内容。"),
    Clause.DANGER: Text(
        "Nothing that tells how to harm oneself or others.", "请不要发布教人伤害自己或他人的内容。"
    ),
    Clause.OFF_TOPIC: Text(
        "Posts belong to the topic under which they stand.", "请在合适的话题下发帖。"
    ),
}
# On these grounds alone may something that is said of the lender go.
CLAUSES_ABOUT_LENDER = frozenset({Clause.PERSONAL_DATA, Clause.THREATS, Clause.DANGER})


@dataclass(frozen=True)
class Ruling:
    """What a moderator wants to decide."""

    action: Action
    clause: Clause | None = None
    reason: str | None = None
    days: int | None = None  # None with a suspension: for good


class Fault(StrEnum):
    """Why a ruling is none."""

    NOT_HERE = "not-here"
    IN_NEED = "in-need"
    CLAUSE_MISSING = "clause-missing"
    CLAUSE_TOO_WEAK = "clause-too-weak"
    REASON_MISSING = "reason-missing"
    DAYS_MISSING = "days-missing"
    DAYS_UNFIT = "days-unfit"


@dataclass(frozen=True)
class Said:
    """Where a fault stands in a body, and in which words it is told."""

    pointer: str
    text: Text


FAULTS: dict[Fault, Said] = {
    Fault.NOT_HERE: Said("#/action", Text("Not in this queue.", "此队列不可这样处理。")),
    Fault.IN_NEED: Said(
        "#/action",
        Text("Nobody is punished for a cry for help.", "任何人都不会因求助而受到处罚。"),
    ),
    Fault.CLAUSE_MISSING: Said(
        "#/clause", Text("Name the rule of the community.", "请注明所依据的社区规则。")
    ),
    Fault.CLAUSE_TOO_WEAK: Said(
        "#/clause",
        Text(
            "What is said of the lender goes only where it endangers somebody.",
            "对贷款机构的意见，只有危及他人时才可撤下。",
        ),
    ),
    Fault.REASON_MISSING: Said(
        "#/reason",
        Text("Say why, in words that the author can read.", "请用作者能读懂的话说明原因。"),
    ),
    Fault.DAYS_MISSING: Said("#/days", Text("Say for how long.", "请注明时长。")),
    Fault.DAYS_UNFIT: Said(
        "#/days",
        Text(
            "From 1 to 365 with mute or suspend, to 14 with help.",
            "禁言或停用为 1 至 365 天，提供帮助时最多 14 天。",
        ),
    ),
}


def find_fault(ruling: Ruling, *, queue: Queue) -> Fault | None:
    """What is wrong with a ruling in a queue, or None."""
    if ruling.action not in ALLOWED[queue]:
        return Fault.NOT_HERE
    return _find_clause_fault(ruling, queue=queue) or _find_words_fault(ruling)


def _find_clause_fault(ruling: Ruling, *, queue: Queue) -> Fault | None:
    if ruling.action not in PENALTIES:
        return None
    if ruling.clause is None:
        return Fault.CLAUSE_MISSING
    is_weak = queue is Queue.LENDER and ruling.clause not in CLAUSES_ABOUT_LENDER
    return Fault.CLAUSE_TOO_WEAK if is_weak else None


def _find_words_fault(ruling: Ruling) -> Fault | None:
    is_short = len((ruling.reason or "").strip()) < REASON_LENGTH_MIN
    if _needs_reason(ruling.action) and is_short:
        return Fault.REASON_MISSING
    return _find_days_fault(ruling)


def _needs_reason(action: Action) -> bool:
    return action in PENALTIES or action in (Action.UPHOLD, Action.OVERTURN)


def _find_days_fault(ruling: Ruling) -> Fault | None:
    if ruling.action is Action.MUTE and ruling.days is None:
        return Fault.DAYS_MISSING
    if ruling.days is None:
        return None
    longest = PROTECTED_DAYS_MAX if ruling.action is Action.HELP_GIVEN else SUSPENSION_DAYS_MAX
    is_fit = ruling.action in (*TIMED, Action.HELP_GIVEN) and 0 < ruling.days <= longest
    return None if is_fit else Fault.DAYS_UNFIT


def needs_confirmation(ruling: Ruling) -> bool:
    """Whether a second moderator must agree: beyond 30 days, or for good."""
    if ruling.action not in TIMED:
        return False
    return ruling.days is None or ruling.days > CONFIRMED_BEYOND_DAYS


def counts_from(ruling: Ruling, *, now: datetime) -> datetime:
    """When a decision begins to count: penalties after a while in which they are free to undo."""
    return now + PENALTY_DELAY if ruling.action in PENALTIES else now


def confirm_until(*, decided_at: datetime) -> datetime:
    """When a decision that waits for a second person falls, and the question is open again."""
    return decided_at + CONFIRMED_WITHIN


def may_undo(*, counts_from: datetime, now: datetime) -> bool:
    """As long as it may be appealed: from when she could read of it, not from when it was made."""
    return now < counts_from + APPEAL_WINDOW

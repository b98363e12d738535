"""The ladder of publication, the states of a writing, and how much one may write. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

TITLE_LENGTH_MAX = 200
BODY_LENGTH_MAX = 5_000
COMMENT_LENGTH_MAX = 2_000
VERSIONS_MAX = 50
# Published, and not taken down since: then what she writes no longer waits for a person.
CLEAN_WRITINGS_MIN = 3
# What others wrote within this time is compared.
LOOK_ALIKE_DAYS = 14
LOOK_ALIKES_READ_MAX = 20


class Kind(StrEnum):
    """Of a writing. All but the last begin a thread."""

    POST = "post"
    STORY = "story"
    QUESTION = "question"
    COMMENT = "comment"


POST_KINDS = (Kind.POST, Kind.STORY, Kind.QUESTION)


class State(StrEnum):
    """Of a writing."""

    HELD = "held"
    PUBLISHED = "published"
    REMOVED = "removed"
    DELETED = "deleted"


MOVES: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.PUBLISHED, State.REMOVED, State.DELETED}),
    # Held again by an edit, or while a moderator looks.
    State.PUBLISHED: frozenset({State.HELD, State.REMOVED, State.DELETED}),
    # Restored, to where it was.
    State.REMOVED: frozenset({State.PUBLISHED, State.HELD, State.DELETED}),
    State.DELETED: frozenset(),
}
EDITABLE = (State.HELD, State.PUBLISHED)


class Reason(StrEnum):
    """Why a writing waits for a person, or is not shown."""

    NEW_MEMBER = "new_member"
    CONTACT = "contact"
    BANNED = "banned"
    SPAM = "spam"
    OFFENSIVE = "offensive"
    LOOK_ALIKE = "look_alike"
    UNDER_REVIEW = "under_review"
    REMOVED = "removed"


# A finding's kind to the reason that its author reads.
REASONS: dict[str, Reason] = {
    **dict.fromkeys(
        ("phone", "resident_id", "card", "email", "messaging_id", "link"), Reason.CONTACT
    ),
    "banned": Reason.BANNED,
    "spam": Reason.SPAM,
    "offensive": Reason.OFFENSIVE,
}


@dataclass(frozen=True)
class Signs:
    """What the ladder looks at."""

    is_held_by_rules: bool
    kinds: Collection[str]  # of findings
    clean_writings: int
    is_sanctioned: bool
    is_look_alike: bool


@dataclass(frozen=True)
class Step:
    """Where a writing begins, and why."""

    state: State
    reasons: tuple[Reason, ...]


def decide(signs: Signs) -> Step:
    """Held for whatever speaks against it; published when nothing does."""
    reasons: list[Reason] = []
    if signs.clean_writings < CLEAN_WRITINGS_MIN or signs.is_sanctioned:
        reasons.append(Reason.NEW_MEMBER)
    if signs.is_held_by_rules:
        found = {REASONS[kind] for kind in signs.kinds if kind in REASONS}
        reasons += sorted(found) or [Reason.CONTACT]
    if signs.is_look_alike:
        reasons.append(Reason.LOOK_ALIKE)
    return Step(State.HELD if reasons else State.PUBLISHED, tuple(reasons))


def is_editable(state: State, *, held_for: Collection[str]) -> bool:
    """What was decided on stays as it was read until the decision counts or is undone."""
    return state in EDITABLE and Reason.UNDER_REVIEW not in held_for


def may_move(before: State, after: State) -> bool:
    """Whether a writing may go from one state to the other."""
    return after in MOVES[before]


@dataclass(frozen=True)
class Pace:
    """How many writings one author may send within a time."""

    within: timedelta
    posts: int
    comments: int


PACES = (Pace(timedelta(hours=1), posts=5, comments=30), Pace(timedelta(days=1), 15, 150))


def too_fast(ages: Iterable[tuple[timedelta, bool]], *, is_comment: bool) -> timedelta | None:
    """How long she waits before she writes again; None where she need not.

    `ages` of what she wrote within a day, each with whether it is a comment.
    """
    own = sorted(age for age, was_comment in ages if was_comment is is_comment)
    waits = [
        pace.within - own[limit - 1]
        for pace in PACES
        if len(own) >= (limit := pace.comments if is_comment else pace.posts)
        and own[limit - 1] < pace.within
    ]
    return max(waits, default=None)

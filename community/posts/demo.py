"""What the demo's community has to read: made up, labelled, by the demo's made-up people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.borrowers.errors import BorrowerNotFound
from backend.kit.wiring import DemoOffice
from community import wall
from community.cases import service as cases
from community.cases.rules import Target
from community.members.models import Member
from community.reactions import service as reactions
from community.reactions.rules import ReactionKind
from community.topics.rules import Topic
from community.writings import moves
from community.writings import service as writings
from community.writings.models import Writing
from community.writings.rules import Kind, State
from community.writings.service import Draft


@dataclass(frozen=True)
class Thread:
    """A post, who wrote it, and what others answered: `(who, words)`."""

    who: str
    kind: Kind
    topic: Topic
    title: str
    body: str
    comments: tuple[tuple[str, str], ...] = ()


THREADS = (
    Thread(
        "demo-115",
        Kind.STORY,
        Topic.STORIES,
        "Paid off, and what I would tell myself today (demo)",
        "Two years ago I stopped opening letters. What turned it was one call in which I said what"
        " I could pay, not what I should. The plan was small, and I kept it. If you are at the"
        " beginning: one letter a day is enough.",
        (
            ("demo-105", "Thank you. I opened one today."),
            ("demo-107", "One a day sounds like something I can do."),
        ),
    ),
    Thread(
        "demo-110",
        Kind.STORY,
        Topic.STORIES,
        "从逾期到按时：我的半年（示例）",
        "最难的是第一次开口。把每月收支写在一张纸上以后，心里反而踏实了。后来申请调整还款日，"
        "和发工资的日子对上，就再也没有忘过。愿正在难处的你也能松一口气。",
        (("demo-106", "谢谢分享，我也想把还款日往后挪几天。"),),
    ),
    Thread(
        "demo-109",
        Kind.QUESTION,
        Topic.TALKING_TO_THE_LENDER,
        "What do I say first? (demo)",
        "I have put off asking for a plan for weeks. How did you begin?",
        (
            ("demo-101", "I wrote three lines: what happened, what I can pay, from when. Enough."),
            ("demo-113", "In the app, under plans. You see every figure before you ask."),
        ),
    ),
    Thread(
        "demo-116",
        Kind.QUESTION,
        Topic.FAMILY,
        "要不要告诉家人？（示例）",
        "一个人扛着有点累，又怕他们担心。大家是怎么说出口的？",
        (("demo-102", "我先告诉了姐姐，只说了计划和进度，她很支持。"),),
    ),
    Thread(
        "demo-111",
        Kind.POST,
        Topic.BUDGET,
        "Soup for a week (demo)",
        "Lentils, onions, whatever is left of the carrots. A big pot on Sunday, and nobody has to"
        " think about lunch until Friday.",
        (("demo-103", "Mine has rice in it. Same idea."),),
    ),
    Thread(
        "demo-114",
        Kind.POST,
        Topic.HEALTH,
        "睡前不看账单（示例）",
        "给自己定了个规矩：晚上八点以后不看账单，白天固定半小时处理。睡得好多了。",
    ),
)
DAYS_BETWEEN = 2
HELPED = ("demo-102", "demo-107", "demo-112")


def fill(session: Session, office: DemoOffice, now: datetime) -> None:  # noqa: ARG001 - the shape
    """Write them once, approved as a moderator would; nothing where the people are not there."""
    try:
        ids = {
            who: borrowers.get_id(session, external_id=who)
            for thread in THREADS
            for who in (thread.who, *HELPED, *(who for who, _ in thread.comments))
        }
    except BorrowerNotFound:
        return
    with wall.transaction() as behind:
        if _is_there(behind, ids[THREADS[0].who]):
            return
        for number, thread in enumerate(reversed(THREADS)):
            at = now - timedelta(days=DAYS_BETWEEN * (len(THREADS) - number))
            _begin(behind, thread, ids=ids, at=at)


def _is_there(behind: Session, borrower_id: UUID) -> bool:
    query = select(Writing.id).join(Member, Member.id == Writing.author_id)
    return behind.execute(query.where(Member.borrower_id == borrower_id)).first() is not None


def _begin(behind: Session, thread: Thread, *, ids: dict[str, UUID], at: datetime) -> None:
    draft = Draft(kind=thread.kind, title=thread.title, body=thread.body, topic=thread.topic)
    post_id = _publish(behind, ids[thread.who], draft, at=at)
    for number, (who, words) in enumerate(thread.comments, start=1):
        draft = Draft(kind=Kind.COMMENT, body=words, post_id=post_id)
        _publish(behind, ids[who], draft, at=at + timedelta(hours=number))
    for who in HELPED:
        if who != thread.who:
            reactions.give(
                behind,
                borrower_id=ids[who],
                writing_id=post_id,
                kind=ReactionKind.HELPFUL,
                now=at + timedelta(hours=5),
            )


def _publish(behind: Session, borrower_id: UUID, draft: Draft, *, at: datetime) -> UUID:
    written = writings.write(behind, borrower_id=borrower_id, draft=draft, now=at)
    if written.state is State.HELD:
        target = "comment" if draft.is_comment else "post"
        moves.publish(behind, target_type=target, target_id=written.id, now=at)
        why = "read when the demo was made"
        cases.close(behind, target=Target(target), target_id=written.id, why=why, now=at)
    return written.id

"""What those who call staff on duty ask of the community: a yes or a no, and no case."""

from community import wall
from community.cases import queries as cases
from community.cases.rules import Queue


def crisis_waits() -> bool:
    """Whether a case of somebody in need is still undecided. In a transaction of its own."""
    with wall.transaction() as session:
        return cases.is_any_open(session, queue=Queue.CRISIS)

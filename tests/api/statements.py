"""What the database is asked while something happens."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event

FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET ", "DISCARD")
# Asked once a second by each process, whatever is called meanwhile.
PULSE = "token_revocation AS r ON"


@dataclass(frozen=True)
class Statement:
    """As it goes over the wire."""

    sql: str
    parameters: Any


@contextmanager
def heard(*where: Connection | Engine) -> Iterator[list[Statement]]:
    """Statements in their order, without the frame of transactions and the pulse of a process."""
    found: list[Statement] = []

    def hear(_c: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        if not sql.startswith(FRAME) and PULSE not in sql:
            found.append(Statement(sql, parameters))

    with ExitStack() as stack:
        for each in where:
            event.listen(each, "before_cursor_execute", hear)
            stack.callback(event.remove, each, "before_cursor_execute", hear)
        yield found

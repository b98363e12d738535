"""What must hold after every fault, asked of the database itself."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.commands.product import Product
from tests.fixtures.server import plain

NIGHT = "tier_evaluation, tier_state, tier_run_chunk, tier_run, job_run"


class Books:
    """The product's database, read by somebody else."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.url = plain(product.instance()["DATABASE_URL"])

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            # Its statements are written in these tests.
            rows = connection.execute(statement.encode(), values or None)
            return rows.fetchall() if rows.description else []

    def one(self, statement: str, *values: Any) -> Any:
        return self.ask(statement, *values)[0][0]

    def forget_the_night(self) -> None:
        """As if nobody had ever been tiered, and no job had run."""
        self.ask(f"TRUNCATE {NIGHT} CASCADE")

    @contextmanager
    def holding(self, borrower_id: Any) -> Iterator[None]:
        """Whoever gives this borrower a tier waits until the block ends."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SELECT 1 FROM borrower WHERE id = %s FOR UPDATE", [borrower_id])
            yield

    def assert_in_order(self) -> None:
        """`goodfaith audit` finds nothing."""
        audit = self.product.command("audit")
        assert audit.returncode == 0, audit.stdout + audit.stderr
        assert "in order" in audit.stdout

    def assert_kept(self, acknowledged: Collection[str], sent: Collection[str]) -> None:
        """Every acknowledged payment is stored, once; nothing is stored that nobody sent."""
        stored = [row[0] for row in self.ask("SELECT external_id FROM payment")]
        assert len(stored) == len(set(stored)), "a payment is stored twice"
        assert set(acknowledged) - set(stored) == set(), "an acknowledged payment is lost"
        assert set(stored) - set(sent) == set(), "a payment is stored that nobody sent"

    def assert_one_run(self) -> None:
        """One finished run of the day, and one evaluation of everybody."""
        runs = self.ask("SELECT state, error FROM job_run WHERE job = 're-tier'")
        assert runs == [("done", None)]
        assert self.one("SELECT count(*) FROM job_run") == self.one(
            "SELECT count(DISTINCT (job, slot)) FROM job_run"
        )
        assert self.ask("SELECT finished_at IS NOT NULL FROM tier_run") == [(True,)]
        self.assert_nobody_twice()
        everybody = self.one("SELECT count(*) FROM profile")
        assert self.one("SELECT count(*) FROM tier_state") == everybody
        # The one who pays may have been tiered by an event in between.
        by_run = self.one("SELECT count(*) FROM tier_evaluation WHERE cause = 're-tier'")
        assert self.one("SELECT evaluated FROM tier_run") == by_run >= everybody - 1

    def assert_nobody_twice(self) -> None:
        twice = self.ask(
            "SELECT borrower_id FROM tier_evaluation WHERE cause = 're-tier'"
            " GROUP BY borrower_id, evaluated_on HAVING count(*) > 1"
        )
        assert twice == [], "a run evaluated somebody twice"

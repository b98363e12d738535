"""Statements explained by the database, and what is wrong with their plans."""

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import text

from backend.kit.db import Database
from tests.api.statements import Statement

# Small by nature: what staff write, not what borrowers have.
SMALL = {
    *("alembic_version", "loan_product", "tier_policy", "extra_fact", "staff_account"),
    *("staff_role", "api_client", "tier_run", "tier_run_chunk", "job_run"),
    *("campaign", "campaign_version", "campaign_bucket", "campaign_joining", "campaign_replay"),
    *("badge", "badge_version", "webhook_endpoint", "webhook_secret"),
    *("campaign", "campaign_version"),
    *("earn_rule_version", "plan_policy"),
    *("credential_signer", "credential_status_list", "evidence_signer"),
    *("message_template", "message_template_version", "reminder_plan"),
}
# Indexes of the few rows that are open: read from end to end they are still short.
PARTIAL = text(
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE i.indpred IS NOT NULL AND i.indexrelid >= 16384"
)


class Plans:
    """Explains statements and keeps what is wrong with them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.faults: list[str] = []
        self.explained = 0

    def explain(self, statements: list[Statement]) -> None:
        with self.database.writes.connect() as connection:
            connection.execute(text("SET enable_seqscan = off"))
            partial = set(connection.execute(PARTIAL).scalars())
            for statement in {each.sql: each for each in statements}.values():
                row = connection.exec_driver_sql(
                    "EXPLAIN (FORMAT JSON) " + statement.sql, statement.parameters
                ).scalar_one()
                plan = orjson.loads(row) if isinstance(row, str) else row
                for node in nodes(plan[0]["Plan"]):
                    if is_whole_table(node, partial=partial):
                        self.faults.append(
                            f"{node['Node Type']} of {table_of(node)}: {statement.sql[:400]}"
                        )
                self.explained += 1
            connection.rollback()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def table_of(node: dict[str, Any]) -> str:
    return str(node.get("Relation Name") or node.get("Index Name", ""))


def is_whole_table(node: dict[str, Any], *, partial: set[str]) -> bool:
    """A scan from end to end: of the table, or of an index that holds every row of it."""
    if node.get("Relation Name") in SMALL:
        return False
    if node["Node Type"] == "Seq Scan":
        return True
    is_index = node["Node Type"] in ("Index Scan", "Index Only Scan", "Bitmap Index Scan")
    return is_index and "Index Cond" not in node and node["Index Name"] not in partial

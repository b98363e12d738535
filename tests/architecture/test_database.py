"""The schema: migrations make what the models say, and rows are keyed by their borrower."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import UniqueConstraint

from backend import app as assembly  # noqa: F401 - imports every model
from backend.kit.db import Base, WalledBase
from backend.kit.walled import SCHEMA

TABLES = Base.metadata.tables
OWNED = [table for table in TABLES.values() if "borrower_id" in table.columns]

# Tables that name a borrower and are not keyed by her, each with its reason.
NOT_KEYED_BY_BORROWER = {
    "event": "one order of all events; borrower_id is an attribute of the story",
    "external_ref": "narrow look-up across borrowers: the lender's id to ours",
    "borrower_lookup": "narrow look-up across borrowers: keyed hash to borrower",
    "benefit_grant_lookup": "narrow look-up across borrowers: the core system acknowledges by id",
    "core_instruction_lookup": "narrow look-up across borrowers: acknowledged by id",
    "evidence_pending": "a queue that one job empties in one order",
    "evidence_leaf": "one order of all entries; borrower_id leads from an entry to its record",
    "plan_request_lookup": "narrow look-up across borrowers: staff decide by the request's id",
    "voucher_code": "a pool: a code is nobody's until a redemption draws it",
    "referral_code_lookup": "narrow look-up across borrowers: a friend comes with the code alone",
    "credential_lookup": "narrow look-up across borrowers: a verifier comes with the id alone",
    "credential_share": "narrow look-up across borrowers: a reader comes with the link alone",
    "webhook_message": "messages to machines, in one queue across borrowers; kept for 30 days",
    "device_lookup": "narrow look-up across borrowers: an address or installation has one owner",
    "benefit_proof_lookup": "narrow look-up across borrowers: one document proves one case",
}


def test_migrations_make_what_the_models_say(session):
    context = MigrationContext.configure(
        session.connection(), opts={"compare_type": True, "compare_server_default": False}
    )
    assert compare_metadata(context, Base.metadata) == []


def test_migrations_make_what_the_models_behind_the_wall_say(behind_the_wall):
    def is_ours(thing, name, kind, *_):
        schema = thing.schema if kind == "table" else thing.table.schema
        return schema == SCHEMA and name != "revision"

    context = MigrationContext.configure(
        behind_the_wall.connection(),
        opts={
            "compare_type": True,
            "compare_server_default": False,
            "include_schemas": True,
            "include_object": is_ours,
        },
    )
    assert compare_metadata(context, WalledBase.metadata) == []


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)
def test_a_borrowers_row_is_keyed_by_her(table):
    keyed = next(iter(table.primary_key.columns)).name == "borrower_id"
    assert keyed != (table.name in NOT_KEYED_BY_BORROWER)


@pytest.mark.parametrize(
    "table", [t for t in OWNED if t.name not in NOT_KEYED_BY_BORROWER], ids=lambda t: t.name
)
def test_what_is_unique_is_unique_for_a_borrower(table):
    """So that the table can be spread over machines by borrower."""
    keys = [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys += [list(index.columns) for index in table.indexes if index.unique]
    assert [k for k in keys if "borrower_id" not in {column.name for column in k}] == []


def test_exceptions_still_exist():
    assert set(NOT_KEYED_BY_BORROWER) <= set(TABLES)


@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.name)
def test_a_row_cannot_hang_on_another_borrowers(table):
    """A foreign key between two borrower-owned tables carries the borrower along."""
    loose = [
        key
        for key in table.foreign_key_constraints
        if "borrower_id" in key.referred_table.columns
        and key.referred_table.name not in NOT_KEYED_BY_BORROWER
        and "borrower_id" not in key.column_keys
    ]
    assert loose == []

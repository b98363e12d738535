"""One person's rows, copied to many borrowers: tables of a size at which plans matter."""

from uuid import UUID

from sqlalchemy import Connection, text

from backend.kit.db import Base

# Tables keyed by borrower whose copies need no other change.
OWNED = (
    *("loan", "installment", "statement", "payment", "adjustment", "delinquency"),
    *("profile", "tier_state", "tier_evaluation", "tier_review", "access_log", "enrolment"),
    *("promise", "dispute", "waiver_request", "dispute_step"),
    *("evidence_key", "evidence_record"),
    *("consent", "assignment", "contact_hold", "contact_entry", "contact_times"),
    *("core_instruction", "benefit_grant"),
    *("procedure_occasion", "procedure", "procedure_step", "procedure_reply"),
    *("plan_quote", "plan_request", "plan_state_change", "plan_freeze"),
    *("enrolment_change", "badge_award"),
    *("campaign_occasion", "campaign_participant", "campaign_decision"),
    *("points_account", "points_entry", "points_lot", "points_posting", "points_hold"),
)
HISTORY_ROWS = 3  # of each borrower's events and changes of facts


def multiply(connection: Connection, *, borrower_id: UUID, copies: int) -> None:
    """Give that many new borrowers the same rows under their own ids."""
    _drop_foreign_keys(connection)
    connection.execute(
        text(
            "CREATE TABLE copy AS SELECT nth, gen_random_uuid() AS new_id"
            " FROM generate_series(1, :copies) AS nth"
        ),
        {"copies": copies},
    )
    own = {"own": borrower_id}
    _copy(
        connection, "borrower", own, key="id", changes={"id": "copy.new_id"} | _named("external_id")
    )
    _copy(connection, "external_ref", own, changes=_named("external_id"))
    _copy(
        connection,
        "borrower_lookup",
        own,
        changes={"hash": "sha256(hash || copy.new_id::text::bytea)"},
    )
    for table in OWNED:
        _copy(connection, table, own)
    _give_credentials(connection, own)
    _log_everybody_in(connection)
    _copy(connection, "event", own, limit=HISTORY_ROWS, leave_out=("seq",))
    _copy(connection, "fact_change", own, limit=HISTORY_ROWS)
    connection.execute(
        text(
            "INSERT INTO delivery (handler, seq, done_at)"
            " SELECT 'loans.settle', seq, now() FROM event ON CONFLICT DO NOTHING"
        )
    )
    connection.commit()
    connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _give_credentials(connection: Connection, own: dict[str, UUID]) -> None:
    """One each under an id of its own, with its place, its address and its page."""
    changes = {"id": "copy.new_id", "list_number": "2 + copy.nth / 30000", "place": "copy.nth"}
    changes["document"] = "'{}'"  # no plan looks into it
    _copy(connection, "credential", own, changes=changes)
    connection.execute(
        text(
            """
            INSERT INTO credential_lookup (id, borrower_id) SELECT new_id, new_id FROM copy;
            INSERT INTO credential_share (id, borrower_id, credential_id, opened_at)
            SELECT gen_random_uuid(), new_id, new_id, now() FROM copy;
            INSERT INTO credential_status_list (number, revision, created_at, changed_at)
            SELECT nth, 1, now(), now() FROM generate_series(2, 3) AS nth;
            INSERT INTO credential_place (list_number, place, credential_id, revoked_at)
            SELECT 2 + nth / 30000, nth, new_id, CASE WHEN nth % 100 = 0 THEN now() END FROM copy;
            """
        )
    )


def _log_everybody_in(connection: Connection) -> None:
    """Two sessions each, codes of the last hours, and log-outs that tokens still must hear of."""
    connection.execute(
        text(
            """
            INSERT INTO login_session (subject_id, id, audience, amr, created_at, last_used_at,
                                       ends_at, token_hash)
            SELECT new_id, gen_random_uuid(), 'borrower', '[]', now(), now(),
                   now() + interval '9 days', sha256(new_id::text::bytea)
              FROM copy, generate_series(1, 2);
            INSERT INTO refresh_token (family_hash, subject_id, session_id)
            SELECT sha256(id::text::bytea), subject_id, id FROM login_session
             WHERE subject_id IN (SELECT new_id FROM copy);
            INSERT INTO otp_challenge (id, phone_cipher, phone_hash, address_hash, code_hash,
                                       created_at, expires_at)
            SELECT gen_random_uuid(), '', sha256(new_id::text::bytea),
                   sha256(new_id::text::bytea), '',
                   now() - interval '1 minute' * (nth % 90), now() + interval '1 day'
              FROM copy, generate_series(1, 2);
            INSERT INTO token_revocation (id, until)
            SELECT new_id, now() + interval '1 minute' * (nth % 16) FROM copy;
            """
        )
    )


def _drop_foreign_keys(connection: Connection) -> None:
    """Checked row by row they would take most of the time, and no plan knows of them."""
    for table in Base.metadata.tables.values():
        for key in table.foreign_key_constraints:
            connection.execute(text(f'ALTER TABLE {table.name} DROP CONSTRAINT "{key.name}"'))


def _named(column: str) -> dict[str, str]:
    return {column: f"{column} || '-' || copy.nth"}


def _copy(
    connection: Connection,
    table: str,
    own: dict[str, UUID],
    *,
    key: str = "borrower_id",
    changes: dict[str, str] | None = None,
    limit: int = 1_000,
    leave_out: tuple[str, ...] = (),
) -> None:
    changes = {"borrower_id": "copy.new_id"} | (changes or {})
    names = [c.name for c in Base.metadata.tables[table].columns if c.name not in leave_out]
    values = ", ".join(changes.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    connection.execute(
        text(
            f"INSERT INTO {table} ({listed}) SELECT {values}"  # noqa: S608 - our own names
            f" FROM (SELECT * FROM {table} WHERE {key} = :own LIMIT {limit}) AS mine, copy"
        ),
        own,
    )

"""Deliveries that go first: what the core system is asked to do, before what it is told."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

DUE = "ix_webhook_delivery_due"


def upgrade() -> None:
    op.add_column(
        "webhook_delivery",
        sa.Column("is_urgent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    # Those that still wait; what becomes of the others is not asked again but by a replay.
    op.execute(
        """
        UPDATE webhook_delivery d
           SET is_urgent = true
          FROM webhook_message m
         WHERE m.id = d.message_id AND d.state <> 'delivered'
           AND m.type IN ('plan.accepted', 'plan.withdrawn', 'penalty.freeze',
                          'penalty.unfreeze', 'case.handed_over')
        """
    )
    op.drop_index(DUE, "webhook_delivery")
    op.create_index(
        DUE,
        "webhook_delivery",
        ["endpoint_id", "is_urgent", "due_at", "message_id"],
        postgresql_where=sa.text("state = 'pending'"),
    )


def downgrade() -> None:
    op.drop_index(DUE, "webhook_delivery")
    op.create_index(
        DUE,
        "webhook_delivery",
        ["endpoint_id", "due_at", "message_id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_column("webhook_delivery", "is_urgent")

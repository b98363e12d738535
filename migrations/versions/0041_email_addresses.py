"""E-mail addresses of borrowers, sealed, and which of them turned out to be nobody's."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("borrower", sa.Column("email_cipher", sa.LargeBinary(), nullable=True))
    op.add_column(
        "borrower", sa.Column("email_refused_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_check_constraint(
        op.f("ck_borrower_refused_is_an_address"),
        "borrower",
        "email_refused_at IS NULL OR email_cipher IS NOT NULL",
    )

"""Offering one item of a pack to a share of everybody: who is to have it, and giving it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Date, DateTime, Integer, Select, String, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import Uuid

from backend.benefits.models import BenefitGrant
from backend.kit.predicates import Predicate
from backend.kit.predicates_sql import to_sql
from backend.profile.models import Profile
from backend.programme.models import Enrolment


def choose(audience: Predicate, columns: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
    """Ids of those enrolled, between two ids, whom the audience fits and who lack the occasion."""
    has_it = (
        select(BenefitGrant.id)
        .where(
            BenefitGrant.borrower_id == Profile.borrower_id,
            BenefitGrant.occasion == bindparam("occasion", type_=Text),
        )
        .exists()
    )
    return (
        select(Profile.borrower_id)
        .join(Enrolment, Enrolment.borrower_id == Profile.borrower_id)
        .where(
            Profile.borrower_id > bindparam("after", type_=Uuid),
            Profile.borrower_id <= bindparam("last", type_=Uuid),
            Enrolment.status == "enrolled",
            to_sql(audience, columns),
            ~has_it,
        )
        .order_by(Profile.borrower_id)
        .limit(bindparam("limit", type_=Integer))
    )


GIVE = text(
    """
    WITH given AS (
        INSERT INTO benefit_grant (borrower_id, id, kind, terms, cause, occasion, pack_code,
                                   pack_version, needs_proof, state, granted_at, changed_at,
                                   expires_on)
        SELECT c.borrower_id, c.id, :kind, :terms, 'pack', :occasion, :code, :version,
               :needs_proof, 'offered', :now, :now, :expires_on
          FROM unnest(:borrower_ids, :ids) AS c(borrower_id, id)
        RETURNING borrower_id, id
    )
    INSERT INTO benefit_grant_lookup (grant_id, borrower_id) SELECT id, borrower_id FROM given
    """
).bindparams(
    bindparam("borrower_ids", type_=ARRAY(Uuid)),
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("terms", type_=JSONB),
    bindparam("needs_proof", type_=String),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("expires_on", type_=Date),
)

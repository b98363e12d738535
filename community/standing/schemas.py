"""Her standing on the wire."""

from marshmallow import fields

from community.appeals.schemas import OwnSanctionSchema, ReasonsStatementSchema
from community.members.schemas import OwnMemberSchema


class StandingSchema(OwnMemberSchema):
    sanctions = fields.List(fields.Nested(OwnSanctionSchema), required=True)
    statements = fields.List(fields.Nested(ReasonsStatementSchema), required=True)

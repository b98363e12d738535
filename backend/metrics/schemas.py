"""Daily figures on the wire."""

from marshmallow import fields

from backend.kit.fields import Day, Instant, OutSchema, StrictSchema
from backend.kit.figures import Measure


class ProgrammeArgs(StrictSchema):
    """`?from=` and `?to=`: days in the programme's zone, both included."""

    from_ = Day(data_key="from", load_default=None, metadata={"description": "30 days by default."})
    to = Day(load_default=None, metadata={"description": "Today by default."})


class FigurePartSchema(OutSchema):
    part = fields.String(required=True)
    text = fields.String(required=True)


class FigureDaySchema(OutSchema):
    on = Day(required=True)
    total = fields.Integer(required=True)
    parts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    counted_at = Instant(required=True)


class FigureSchema(OutSchema):
    name = fields.String(required=True)
    text = fields.String(required=True)
    measure = fields.String(
        required=True,
        metadata={
            "enum": [str(each) for each in Measure],
            "description": "What a number is: how things stood at the end of the day, what"
            " happened within it, or the longest wait as it stood.",
        },
    )
    unit = fields.String(required=True)
    parts = fields.List(fields.Nested(FigurePartSchema), required=True)
    days = fields.List(fields.Nested(FigureDaySchema), required=True)


class ProgrammeFiguresSchema(OutSchema):
    from_ = Day(required=True, data_key="from", attribute="from")
    to = Day(required=True)
    figures = fields.List(fields.Nested(FigureSchema), required=True)

"""Refusals of contact."""

from backend.kit.problems import Conflict
from backend.kit.texts import Text


class ContactReferenceTaken(Conflict):
    code = "contact-reference-taken"
    title = Text(
        "Another contact of hers has this reference already.",
        "该客户的另一条联系记录已使用此编号。",
    )

"""The refusals of borrowers."""

from backend.kit.problems import Conflict, FieldError, Invalid, NotFound
from backend.kit.texts import Text


class BorrowerNotFound(NotFound):
    code = "borrower-not-found"
    title = Text("No borrower is known by this.", "没有找到该借款人。")


class PurposeMissing(Invalid):
    code = "access-purpose-required"
    title = Text(
        "Say for what purpose you look (X-Access-Purpose).", "请说明查看目的（X-Access-Purpose）。"
    )


class NotAnAccountManager(Conflict):
    code = "not-an-account-manager"
    title = Text("There is no active account manager with this id.", "没有此编号的在职客户经理。")


def invalid_email() -> Invalid:
    """The refusal of an address that no mail can be sent to."""
    return Invalid(errors=[FieldError("#/email", "Not an e-mail address in plain ASCII.")])


def invalid_phone() -> Invalid:
    """The refusal of a number that cannot exist."""
    return Invalid(errors=[FieldError("#/phone", "Not a phone number that can exist.")])

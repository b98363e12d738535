"""What a borrower reads of her badges, kind even where one is taken back."""

from backend.kit.texts import Locale, Text
from rewards.badges.rules import Cause

PROGRESS = Text("{current} of {goal}", "{current}/{goal}")

TAKEN_BACK = {
    Cause.PAYMENT_REVERSED: Text(
        "A payment that this badge rested on was returned. You can earn the badge again.",
        "此徽章所依据的一笔还款被退回。您可以再次获得此徽章。",
    ),
    Cause.AWARDED_IN_ERROR: Text(
        "We gave you this badge by mistake, and we are sorry. You can still earn it.",
        "此徽章系我们误发，非常抱歉。您仍然可以获得它。",
    ),
    Cause.PROOF_NOT_GENUINE: Text(
        "We could not confirm what this badge rested on. If you see it differently, please tell"
        " us; a person will look at it again.",
        "我们无法确认此徽章的依据。如您有不同看法，请告诉我们，会有专人重新核实。",
    ),
    Cause.AT_HER_REQUEST: Text("You asked us to take it back.", "应您的要求收回。"),
}


def progress(*, current: int, goal: int, locale: Locale) -> str:
    """How far a counter is: "5 of 6"."""
    return PROGRESS.format(current=current, goal=goal).in_(locale)


def why_taken_back(cause: str, *, locale: Locale) -> str:
    """Why an award does not stand any more."""
    return TAKEN_BACK[Cause(cause)].in_(locale)

"""Trying a schedule out. Nothing is read or stored."""

from backend.kit.problems import FieldError, Invalid, Reason
from backend.kit.texts import Locale
from backend.kit.validation_texts import in_both
from backend.loans.rules.schedules import Contradiction, Request, Schedule, reckon


def preview_schedule(request: Request, *, locale: Locale) -> Schedule:
    """The schedule of these terms and events. Refuses: Invalid, with pointer and reason."""
    try:
        return reckon(request)
    except Contradiction as fault:
        reason = Reason(fault.code, in_both(fault.detail).in_(locale))
        raise Invalid(errors=[FieldError(fault.pointer, fault.detail)], reasons=[reason]) from fault

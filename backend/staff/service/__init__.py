"""What changes staff accounts, their roles and the trail. None of it commits."""

from backend.kit.wiring import SealedColumn
from backend.staff.one_time import PENDING_TOTP_CONTEXT, TOTP_CONTEXT
from backend.staff.service.accounts import add_staff, disable, enable, set_display_name
from backend.staff.service.enrolment import Enrolment, IssuedCode, check_code, confirm, issue_code
from backend.staff.service.enrolment import start as start_enrolment
from backend.staff.service.role_changes import decide, expire_role_changes, request_change
from backend.staff.service.trail import record_action

SEALED = (
    SealedColumn("staff_account", "totp", context=TOTP_CONTEXT),
    SealedColumn("staff_enrolment", "totp", context=PENDING_TOTP_CONTEXT),
)

__all__ = [
    "SEALED",
    "Enrolment",
    "IssuedCode",
    "add_staff",
    "check_code",
    "confirm",
    "decide",
    "disable",
    "enable",
    "expire_role_changes",
    "issue_code",
    "record_action",
    "request_change",
    "set_display_name",
    "start_enrolment",
]

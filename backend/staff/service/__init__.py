"""What changes staff accounts, their roles and the trail. None of it commits."""

from backend.staff.service.accounts import add_staff, disable, enable
from backend.staff.service.enrolment import Enrolment, IssuedCode, check_code, confirm, issue_code
from backend.staff.service.enrolment import start as start_enrolment
from backend.staff.service.role_changes import decide, expire_role_changes, request_change
from backend.staff.service.trail import record_action

__all__ = [
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
    "start_enrolment",
]

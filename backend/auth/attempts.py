"""An attempt to log in with a password and a second factor, by whatever door it comes."""

from collections.abc import Mapping
from typing import Any

from backend.auth.service import staff_log_in
from backend.kit import clock
from backend.kit.addresses import client_address, counted_as
from backend.kit.db import reading
from backend.staff import queries
from backend.staff.service import log_in
from backend.staff.service.log_in import Attempt


def attempt_of(args: Mapping[str, Any]) -> Attempt:
    """What somebody says to prove who she is, compared. Refuses: LogInLocked."""
    email, address = args["email"].lower(), counted_as(client_address())
    with reading() as session:
        log_in.require_unlocked(session, email=email, address=address, now=clock.wall())
        stored = queries.find_password_hash(session, email=email)
    # Hashing is slow, and no transaction waits for it.
    return staff_log_in.compare(
        email=email,
        address=address,
        password=args["password"],
        stored=stored,
        totp_code=args.get("totp_code"),
        recovery_code=args.get("recovery_code"),
    )

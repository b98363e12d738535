"""What changes log-ins, tokens and clients. One verb for each use case; none of them commits."""

from backend.auth.service.clients import (
    ClientToken,
    NewSecret,
    add_client,
    disable_client,
    get_client,
    get_client_for_update,
    issue_client_token,
    put_client,
    rotate_secret,
)
from backend.auth.service.exchange import Assertion, purge_assertions, read_assertion, use_assertion
from backend.auth.service.otp import Challenge, request_code, verify_code
from backend.auth.service.sessions import (
    TokenAnswer,
    open_session,
    refresh,
    revoke_all,
    revoke_others,
    revoke_session,
    revoke_token,
)
from backend.auth.service.tokens import (
    ALGORITHM,
    TokenKeys,
    issue_token,
    read_token,
)

__all__ = [
    "ALGORITHM",
    "Assertion",
    "Challenge",
    "ClientToken",
    "NewSecret",
    "TokenAnswer",
    "TokenKeys",
    "add_client",
    "disable_client",
    "get_client",
    "get_client_for_update",
    "issue_client_token",
    "issue_token",
    "open_session",
    "purge_assertions",
    "put_client",
    "read_assertion",
    "read_token",
    "refresh",
    "request_code",
    "revoke_all",
    "revoke_others",
    "revoke_session",
    "revoke_token",
    "rotate_secret",
    "use_assertion",
    "verify_code",
]

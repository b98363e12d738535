"""What changes log-ins, tokens and clients. One verb for each use case; none of them commits."""

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
    put_client,
    read_token,
)

__all__ = [
    "ALGORITHM",
    "Challenge",
    "TokenAnswer",
    "TokenKeys",
    "issue_token",
    "open_session",
    "put_client",
    "read_token",
    "refresh",
    "request_code",
    "revoke_all",
    "revoke_others",
    "revoke_session",
    "revoke_token",
    "verify_code",
]

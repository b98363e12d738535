"""What changes borrowers. One verb for each use case; none of them commits."""

from backend.borrowers.rules import AccessPurpose
from backend.borrowers.service.accesses import log_access
from backend.borrowers.service.keys import reencrypt_chunk
from backend.borrowers.service.particulars import BorrowerInput, put_borrowers
from backend.borrowers.service.preferences import change_own

__all__ = [
    "AccessPurpose",
    "BorrowerInput",
    "change_own",
    "log_access",
    "put_borrowers",
    "reencrypt_chunk",
]

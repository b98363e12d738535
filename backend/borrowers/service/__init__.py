"""What changes borrowers. One verb for each use case; none of them commits."""

from backend.borrowers.service.accesses import log_access
from backend.borrowers.service.keys import HASHED, SEALED
from backend.borrowers.service.particulars import BorrowerInput, put_borrowers
from backend.borrowers.service.preferences import change_own

__all__ = ["HASHED", "SEALED", "BorrowerInput", "change_own", "log_access", "put_borrowers"]

"""What changes the profile. One verb for each use case; none of them commits."""

from backend.profile.service.absorbing import (
    absorb,
    follow_particulars,
    rebuild,
    refresh,
    refresh_many,
    refresh_stale,
)
from backend.profile.service.declared import declare_fact, edit_fact, retire_fact
from backend.profile.service.protected import put_protected_attributes
from backend.profile.service.told import note_past_tiers, put_tiers, put_told

__all__ = [
    "absorb",
    "declare_fact",
    "edit_fact",
    "follow_particulars",
    "note_past_tiers",
    "put_protected_attributes",
    "put_tiers",
    "put_told",
    "rebuild",
    "refresh",
    "refresh_many",
    "refresh_stale",
    "retire_fact",
]

"""What changes badges: awards given and taken back, definitions written and published."""

from rewards.badges.service.authoring import publish, retire, write_draft, write_first_draft
from rewards.badges.service.awarding import award
from rewards.badges.service.revoking import revoke, revoke_undone

__all__ = [
    "award",
    "publish",
    "retire",
    "revoke",
    "revoke_undone",
    "write_draft",
    "write_first_draft",
]

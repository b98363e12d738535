"""What changes badges: awards given and taken back, definitions written and published."""

from rewards.badges.service.authoring import publish, retire, write_draft, write_first_draft
from rewards.badges.service.awarding import Given, award, give
from rewards.badges.service.revoking import revoke, revoke_undone, take_gift_back

__all__ = [
    "Given",
    "award",
    "give",
    "publish",
    "retire",
    "revoke",
    "revoke_undone",
    "take_gift_back",
    "write_draft",
    "write_first_draft",
]

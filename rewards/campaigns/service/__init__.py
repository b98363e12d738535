"""What changes campaigns: written, reviewed, run. One verb for each use case; none commits."""

from rewards.campaigns.service.review import Approval, approve, reject, submit
from rewards.campaigns.service.running import (
    end,
    end_if_over,
    launch,
    list_over,
    pause,
    resume,
)
from rewards.campaigns.service.writing import create, discard, edit_draft, write_version

__all__ = [
    "Approval",
    "approve",
    "create",
    "discard",
    "edit_draft",
    "end",
    "end_if_over",
    "launch",
    "list_over",
    "pause",
    "reject",
    "resume",
    "submit",
    "write_version",
]

"""What a borrower is told when something happened."""

from notifications.templates.words import Template

NOTICES: tuple[Template, ...] = ()

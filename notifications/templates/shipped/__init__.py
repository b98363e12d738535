"""The templates that the product ships, by code. Their words are version 1 and never change.

A text that is to change becomes a version of its own, written by staff, or a new code.
"""

from collections.abc import Mapping

from notifications.templates.shipped.greetings import GREETINGS
from notifications.templates.shipped.notices import NOTICES
from notifications.templates.shipped.reminders import REMINDERS
from notifications.templates.words import Template

SHIPPED: Mapping[str, Template] = {
    template.code: template for template in (*REMINDERS, *GREETINGS, *NOTICES)
}

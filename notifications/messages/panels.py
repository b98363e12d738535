"""The staff's view of a borrower: by what she is reached, what she wants, what she was told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.fields import instant_text
from backend.kit.ports import BorrowerPanel
from backend.kit.texts import Locale
from notifications.devices import queries as devices
from notifications.messages import queries
from notifications.messages.schemas import MessageSchema
from notifications.messages.wording import in_words
from notifications.preferences import queries as preferences
from notifications.preferences.wording import in_words as preferences_in_words

_MESSAGES = MessageSchema(many=True)


def show_notifications(
    session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
) -> Mapping[str, Any]:
    """Her devices without their addresses, her preferences, and her last messages."""
    del now
    messages, ways = queries.list_newest(session, borrower_id=borrower_id)
    return {
        "devices": [
            {
                "platform": row.platform,
                "app_version": row.app_version,
                "timezone": row.timezone,
                "seen_at": instant_text(row.seen_at),
                "retired_why": row.retired_why,
            }
            for row in devices.list_newest(session, borrower_id=borrower_id)
        ],
        **preferences_in_words(
            preferences.get_table(session, borrower_id=borrower_id),
            personalised=preferences.wants_personal(session, borrower_id=borrower_id),
            locale=locale,
        ),
        "messages": _MESSAGES.dump(in_words(session, messages, ways, locale=locale)),
    }


PANELS: dict[str, BorrowerPanel] = {"notifications": show_notifications}

"""An item in the words that its reader reads."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from backend.events.contacts import Purpose
from backend.kit.logs import get_logger
from backend.kit.texts import Locale
from notifications.templates import service as templates
from notifications.templates.errors import TemplateUnknown
from notifications.templates.rendering import ValueMissingError
from notifications.templates.rules import doorbell

ID_SUFFIX = "_id"

log = get_logger(__name__)


def in_words(session: Session, items: Sequence[Any], *, locale: Locale) -> list[dict[str, Any]]:
    """Items as she reads them; the words of all are fetched at once."""
    wanted = {(item.template, item.template_version) for item in items}
    book = templates.open_book(session, wanted=wanted)
    return [_shown(item, book, locale) for item in items]


def _shown(item: Any, book: templates.Book, locale: Locale) -> dict[str, Any]:
    about = {name: value for name, value in item.variables.items() if name.endswith(ID_SUFFIX)}
    return {
        "id": item.id,
        "purpose": item.purpose,
        **_said(item, book, locale),
        "about": about,
        "created_at": item.created_at,
        "read_at": item.read_at,
    }


def _said(item: Any, book: templates.Book, locale: Locale) -> dict[str, str | None]:
    try:
        said = book.render(
            template=item.template,
            version=item.template_version,
            variables=item.variables,
            locale=locale,
        )
    except (TemplateUnknown, ValueMissingError) as error:
        # A defect of ours in one message must not take all the others from her.
        log.error("inbox_item_not_worded", template=item.template, error=type(error).__name__)  # noqa: TRY400 - its words may quote a value
        title, body = doorbell(Purpose(item.purpose), locale)
        return {"title": title, "body": body, "action": None, "action_code": None}
    return {
        "title": said.title,
        "body": said.body,
        "action": said.action,
        "action_code": said.action_code,
    }

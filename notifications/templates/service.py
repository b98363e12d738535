"""Words of messages: said to a reader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend.kit.texts import Locale
from notifications.templates import queries
from notifications.templates.errors import TemplateUnknown
from notifications.templates.rendering import Values, render_words
from notifications.templates.words import Rendered, Template, Words


@dataclass(frozen=True)
class Book:
    """Versions that were fetched together, so that a page of an inbox costs one statement."""

    versions: Mapping[tuple[str, int], tuple[Template, Words]]

    def render(self, *, template: str, version: int, variables: Values, locale: Locale) -> Rendered:
        """One message. Refuses: TemplateUnknown. Raises ValueMissingError."""
        found = self.versions.get((template, version))
        if found is None:
            raise TemplateUnknown
        like, words = found
        return render_words(
            words,
            variables=like.variables,
            values=variables,
            locale=locale,
            action_code=like.action_code,
        )


def open_book(session: Session, *, wanted: Iterable[tuple[str, int]]) -> Book:
    """The words of these (code, version), for many messages at once."""
    return Book(queries.load_words(session, wanted=wanted))


def render(
    session: Session, *, template: str, version: int, variables: Values, locale: Locale
) -> Rendered:
    """One message in one language. Refuses: TemplateUnknown. Raises ValueMissingError."""
    book = open_book(session, wanted=[(template, version)])
    return book.render(template=template, version=version, variables=variables, locale=locale)

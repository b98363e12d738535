"""How values are written in a page: in the reader's language, in the programme's zone."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from flask import Flask
from markupsafe import Markup

from backend.kit.console.languages import told
from backend.kit.fields import instant_text
from backend.kit.http import locale
from backend.kit.programme_zone import programme_zone

NOTHING = "-"
Number = int | Decimal | float


def init_app(app: Flask) -> None:
    """Let templates use them."""
    app.jinja_env.filters.update(
        t=told, instant=instant, day=day, money=money, number=number, percent=percent
    )


def _babel() -> str:
    return locale().replace("-", "_")


def instant(at: datetime | None) -> Markup | str:
    """Date and minute in the programme's zone; the exact instant for machines."""
    if at is None:
        return NOTHING
    shown = format_datetime(
        at.astimezone(ZoneInfo(programme_zone())), "yyyy-MM-dd HH:mm", locale=_babel()
    )
    return Markup('<time datetime="{}">{}</time>').format(instant_text(at), shown)


def day(on: date | None) -> Markup | str:
    """A date as the reader writes it."""
    if on is None:
        return NOTHING
    shown = format_date(on, "medium", locale=_babel())
    return Markup('<time datetime="{}">{}</time>').format(on.isoformat(), shown)


def money(amount_minor: int | None, currency: str) -> str:
    """An amount of minor units."""
    if amount_minor is None:
        return NOTHING
    amount = Decimal(amount_minor).scaleb(-get_currency_precision(currency))
    return format_currency(amount, currency, locale=_babel())


def number(value: Number | None) -> str:
    """A number with the reader's separators."""
    return NOTHING if value is None else format_decimal(value, locale=_babel())


def percent(share: Number | str | None, digits: int = 1) -> str:
    """A share of one as a percentage."""
    if share is None:
        return NOTHING
    pattern = f"#,##0.{'0' * digits}%" if digits else "#,##0%"
    return format_percent(Decimal(str(share)), pattern, locale=_babel())

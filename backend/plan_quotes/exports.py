"""A quote's schedule to take along: as a table for a spreadsheet, and as a page to print.

The Chinese font is one that readers of PDF carry [Adobe-GB1], so none lies in the file.
"""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_precision
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from backend.kit.spreadsheets import safe_cell
from backend.kit.texts import Locale, Text
from backend.plan_quotes.queries import Quote
from backend.plan_quotes.views import schedule_of
from backend.plan_quotes.wording import NAMES

FONTS: dict[Locale, str] = {"en": "Helvetica", "zh-CN": "STSong-Light"}
_COLUMNS: tuple[tuple[str, Text], ...] = (
    ("number", Text("No.", "期数")),
    ("due_on", Text("Due on", "还款日")),
    ("principal_minor", Text("Principal", "本金")),
    ("interest_minor", Text("Interest", "利息")),
    ("fee_minor", Text("Fees", "费用")),
    ("penalty_minor", Text("Penalty", "罚息")),
    ("total_minor", Text("To pay", "应还")),
    ("balance_minor", Text("Principal left", "剩余本金")),
)
_PERIOD = Text("Month", "月份")
_TAKEN_OFF = Text("Penalty taken off", "减免罚息")
_TITLE = Text("Repayment quote: {name}", "还款方案报价：{name}")
_ABOUT = Text(
    "Still to pay in all: {total}. First payment: {first}. Amounts are in {currency}."
    " Quote {id}, good until {until} (UTC)."
    " Nothing changes on your loan unless you ask for it and agree.",
    "合计待还：{total}。首期应还：{first}。金额币种为 {currency}。"
    "报价编号 {id}，有效期至 {until}（UTC）。"
    "在您申请并同意之前，贷款不会有任何变动。",
)


def to_csv(quote: Quote) -> str:
    """Columns by their names on the wire, amounts in minor units: for programs and spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if quote.rows:
        names = [name for name, _ in _COLUMNS]
        writer.writerow([*names, "currency"])
        for row in schedule_of(quote):
            writer.writerow([safe_cell(row[name]) for name in names] + [safe_cell(quote.currency)])
    else:
        writer.writerow(["period", "waived_minor", "currency"])
        for waiver in quote.waivers:
            cells = (waiver["period"], waiver["amount_minor"], quote.currency)
            writer.writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()


def to_pdf(quote: Quote, *, locale: Locale) -> bytes:
    """Pages in the reader's language, with title and language for assistive technology."""
    if locale == "zh-CN" and FONTS[locale] not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONTS[locale]))
    title = _TITLE.format(name=NAMES[quote.kind].in_(locale)).in_(locale)
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=15 * mm,
        bottomMargin=15 * mm,
        title=title,
        author="Goodfaith",
        subject=str(quote.id),
        lang=locale,
        displayDocTitle=True,
        # The same quote gives the same file: no time of printing in it.
        invariant=True,
    )
    document.build(_story(quote, title, locale=locale))
    return out.getvalue()


def _story(quote: Quote, title: str, *, locale: Locale) -> list[Flowable]:
    font = FONTS[locale]
    wrap = "CJK" if locale == "zh-CN" else None
    body = ParagraphStyle("body", fontName=font, fontSize=9, leading=13, wordWrap=wrap)
    head = ParagraphStyle("head", parent=body, fontSize=15, leading=20)
    about = _ABOUT.format(
        total=_amount(quote.total_cost_minor, quote, locale),
        first=_amount(quote.first_installment_minor, quote, locale),
        currency=quote.currency,
        id=quote.id,
        until=_day(quote.expires_at.date(), locale),
    ).in_(locale)
    return [
        Paragraph(escape(title), head),
        Spacer(1, 4 * mm),
        Paragraph(escape(about), body),
        Spacer(1, 4 * mm),
        _table(quote, font, locale=locale),
    ]


def _table(quote: Quote, font: str, *, locale: Locale) -> Table:
    if quote.rows:
        cells = [[words.in_(locale) for _, words in _COLUMNS]]
        cells += [
            [_cell(name, row[name], quote, locale) for name, _ in _COLUMNS]
            for row in schedule_of(quote)
        ]
    else:
        cells = [[_PERIOD.in_(locale), _TAKEN_OFF.in_(locale)]]
        cells += [
            [each["period"], _amount(each["amount_minor"], quote, locale)] for each in quote.waivers
        ]
    table = Table(cells, repeatRows=1, hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), font, 8),
                ("ALIGN", (0, 0), (-1, -1), "RIGHT"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
                ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.lightgrey),
            ]
        )
    )
    return table


def _cell(name: str, value: Any, quote: Quote, locale: Locale) -> str:
    if name == "due_on":
        return _day(value, locale)
    return str(value) if name == "number" else _amount(value, quote, locale)


def _amount(amount_minor: int, quote: Quote, locale: Locale) -> str:
    """Without the currency's sign, which not every font has."""
    digits = get_currency_precision(quote.currency)
    places = f".{'0' * digits}" if digits else ""
    amount = Decimal(amount_minor).scaleb(-digits)
    return format_decimal(amount, f"#,##0{places}", locale=locale.replace("-", "_"))


def _day(day: date, locale: Locale) -> str:
    return format_date(day, "medium", locale=locale.replace("-", "_"))

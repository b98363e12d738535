"""Charts as SVG without script or style of its own: the colours are the style sheet's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from backend.kit.console.drawing import pygal
from backend.kit.console.filters import NOTHING, number
from backend.kit.console.languages import told
from backend.kit.console.words import WORDS
from backend.kit.texts import Text

Value = int | float | Decimal | None
Series = Mapping[Any, Sequence[Value]]  # by name, a Text or a str

WIDTH, HEIGHT = 760, 320
LABELS_MAX = 6
LETTERS = 16  # their size, which the style sheet repeats: pygal leaves room by it
DRAWN_APART = re.compile(r"<(style|script)\b.*?</\1>|<!--.*?-->", re.DOTALL)
# What pygal writes for its own script: names that a page would hold twice, and tooltips.
OWN_TITLE = re.compile(r"<title>.*?</title>|<desc\b.*?</desc>", re.DOTALL)
OWN_STYLE = re.compile(r'\s(?:style|id|onclick|onmouseover)="[^"]*"')


@dataclass(frozen=True)
class Chart:
    """A drawing, and the same figures as a table for whoever reads and does not look."""

    title: Text
    svg: Markup
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def line(title: Text, x: Sequence[str], series: Series, unit: Text | None = None) -> Chart:
    """How figures went from one `x` to the next. None leaves a gap."""
    drawing = pygal.Line(**_options(x, series), dots_size=3, stroke_style={"width": 2})
    return _chart(drawing, title, x, series, unit)


def bars(title: Text, x: Sequence[str], series: Series, unit: Text | None = None) -> Chart:
    """Figures side by side."""
    return _chart(pygal.Bar(**_options(x, series)), title, x, series, unit)


def stacked(title: Text, x: Sequence[str], series: Series, unit: Text | None = None) -> Chart:
    """Figures on top of each other: the parts of a whole."""
    return _chart(pygal.StackedBar(**_options(x, series)), title, x, series, unit)


def _options(x: Sequence[str], series: Series) -> dict[str, Any]:
    apart = max(1, -(-len(x) // LABELS_MAX))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "js": [],
        "no_prefix": True,
        "disable_xml_declaration": True,
        "show_legend": len(series) > 1,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 3,
        "truncate_legend": -1,
        "truncate_label": -1,
        "allow_interruptions": True,
        "show_minor_x_labels": False,
        "x_labels_major_every": apart,
        "include_x_axis": True,
        "no_data_text": told(WORDS["no_data"]),
        "title": None,
        "value_formatter": number,
        "margin_bottom": 2 * LETTERS if len(series) > 1 else LETTERS,
        "style": pygal.style.Style(
            label_font_size=LETTERS, major_label_font_size=LETTERS, legend_font_size=LETTERS
        ),
    }


def _chart(drawing: Any, title: Text, x: Sequence[str], series: Series, unit: Text | None) -> Chart:
    drawing.x_labels = list(x)
    for name, values in series.items():
        drawing.add(told(name), [None if v is None else float(v) for v in values])
    heads = (told(unit) if unit is not None else "", *(told(name) for name in series))
    rows = tuple(
        (label, *(_cell(values, at) for values in series.values())) for at, label in enumerate(x)
    )
    return Chart(title=title, svg=_plain(drawing.render(), title), columns=heads, rows=rows)


def _cell(values: Sequence[Value], at: int) -> str:
    return number(values[at]) if at < len(values) else NOTHING


def _plain(drawn: bytes | str, title: Text) -> Markup:
    text = drawn if isinstance(drawn, str) else drawn.decode()
    text = OWN_STYLE.sub("", OWN_TITLE.sub("", DRAWN_APART.sub("", text)))
    # One picture to a reader's program: its name, and the table beside it.
    name = escape(told(title))
    return Markup(  # noqa: S704 - pygal escapes names and labels; the title is escaped here
        text.replace("<svg ", f'<svg role="img" aria-label="{name}" ', 1)
    )

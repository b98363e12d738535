"""The drawings that badges may wear, our own: shapes and colours, no script, style, link or text.

What a reader who cannot see one hears is the badge's name and description, put in when served.
"""

from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parent / "drawings"
NAMES = ("house", "rings", "shield", "sprout", "steps", "sun")


@cache
def _drawing(name: str) -> tuple[str, str]:
    head, tag, rest = (FOLDER / f"{name}.svg").read_text(encoding="utf-8").partition(">")
    return f'{head} aria-labelledby="title desc"{tag}', rest


def draw(name: str, *, title: str, description: str) -> str:
    """The drawing as SVG, with these words for a screen reader."""
    head, rest = _drawing(name)
    words = f'<title id="title">{escape(title)}</title><desc id="desc">{escape(description)}</desc>'
    return f"{head}\n  {words}{rest}"

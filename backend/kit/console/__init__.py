"""The staff console's frame: doors, forms, pages and charts, rendered here and without script.

It knows no feature. A feature makes a `page_blueprint`, answers GETs with `render` and POSTs with
`done`, and names the blueprint in its package's wiring (`pages=`). Who is behind a cookie is asked
of a port that the assembly fills. docs/console.md shows a page from end to end.
"""

from backend.kit.audience import caller, permits
from backend.kit.console import charts
from backend.kit.console.areas import Area, Entry
from backend.kit.console.charts import Chart
from backend.kit.console.doors import PageBlueprint, page_blueprint, public_page_blueprint
from backend.kit.console.forms import fields_of, json_of, once, whole
from backend.kit.console.frame import init_app
from backend.kit.console.purposes import keep_purpose, purpose
from backend.kit.console.rendering import done, render
from backend.kit.console.sessions import Door, SignedIn, configure, signed_in

__all__ = [
    "Area",
    "Chart",
    "Door",
    "Entry",
    "PageBlueprint",
    "SignedIn",
    "caller",
    "charts",
    "configure",
    "done",
    "fields_of",
    "init_app",
    "json_of",
    "keep_purpose",
    "once",
    "page_blueprint",
    "permits",
    "public_page_blueprint",
    "purpose",
    "render",
    "signed_in",
    "whole",
]

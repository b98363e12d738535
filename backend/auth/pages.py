"""`/demo/messages`: the demo's telephone, for whoever sits at this machine."""

import base64
import hashlib
import ipaddress
from pathlib import Path

from flask import Blueprint, Flask, Response, render_template, request

from backend.auth.demo_messages import DemoMessages
from backend.auth.wording import PAGE, STEPS
from backend.kit import clock
from backend.kit.fields import instant_text
from backend.kit.http import locale
from backend.kit.problems import NotFound

STYLE = (Path(__file__).parent / "templates" / "demo_messages.css").read_text()
POLICY = (
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; style-src 'sha256-"
    f"{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
# A request that somebody passed on comes from somewhere else, whatever its last address.
PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


def init_app(app: Flask, messages: DemoMessages) -> None:
    """Serve the page. Only the demo does."""
    blp = Blueprint("demo_messages", __name__, template_folder="templates")
    blp.audience = "public"  # type: ignore[attr-defined]  # and no part of the interface

    @blp.get("/demo/messages")
    def show() -> Response:
        """The latest codes and how to use them. To others than this machine: not there."""
        if not _is_from_this_machine():
            raise NotFound
        now = clock.wall()
        words = {name: said.in_(locale()) for name, said in PAGE.items()}
        page = render_template(
            "demo_messages.html",
            lang=locale(),
            messages=messages.latest(now=now),
            steps=[
                {"words": said.in_(locale()), "command": how.replace("{host}", request.host)}
                for said, how in STEPS
            ],
            instant_text=instant_text,
            style=STYLE,
            **words,
        )
        response = Response(page, mimetype="text/html")
        response.headers["Content-Security-Policy"] = POLICY
        return response

    app.register_blueprint(blp)


def _is_from_this_machine() -> bool:
    """By its peer, and by the name it asked for: another site's name may lead here (rebinding)."""
    if any(name in request.headers for name in PASSED_ON):
        return False
    name = request.host.rpartition(":")[0] if _has_port(request.host) else request.host
    if name not in LOCAL_NAMES:
        return False
    try:
        peer = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return peer.is_loopback


def _has_port(host: str) -> bool:
    return host.rpartition(":")[2].isdigit() and not host.endswith("]")

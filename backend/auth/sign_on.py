"""Single sign-on as a browser goes through it, for a token or for the console."""

from flask import Response, current_app, request

from backend.auth.errors import OidcNotConfigured
from backend.auth.service import oidc
from backend.kit import clock
from backend.kit.db import transaction
from backend.staff.errors import SsoRefused
from backend.staff.log_in_rules import SSO_STATE_LIFE
from backend.staff.service import sso

COOKIE = "goodfaith_sso"
# Beside it while the console is to be opened. It chooses the shape of the answer, no more.
CONSOLE_COOKIE = "goodfaith_sso_console"
PATH = "/v1/auth/staff"


def get_provider() -> oidc.Provider:
    """The configured one. Refuses: OidcNotConfigured."""
    provider: oidc.Provider | None = current_app.config["SSO_PROVIDER"]
    if provider is None:
        raise OidcNotConfigured
    return provider


def start(*, status: int, is_for_console: bool) -> Response:
    """Send the browser to the provider. Refuses: OidcNotConfigured, ProviderAway."""
    provider = get_provider()
    with transaction() as session:
        begun = sso.begin(session, now=clock.wall())
    response = Response(status=status, headers={"Location": provider.authorization_url(begun)})
    _keep(response, COOKIE, begun.browser)
    _keep(response, CONSOLE_COOKIE, "1" if is_for_console else "0")
    return response


def finish(args: dict[str, str | None]) -> str:
    """The address that the provider has verified, in the browser that began.

    Refuses: OidcNotConfigured, ProviderAway, SsoRefused.
    """
    provider = get_provider()
    with transaction() as session:
        begun = sso.take(
            session,
            state=args["state"] or "",
            browser=request.cookies.get(COOKIE, ""),
            now=clock.wall(),
        )
    is_ours = args["iss"] in (None, provider.settings.issuer)
    if begun is None or args["error"] is not None or not args["code"] or not is_ours:
        raise SsoRefused
    return provider.verified_email(begun, code=args["code"], now=clock.wall())


def is_for_console() -> bool:
    """Whether it was begun at the console's log-in."""
    return request.cookies.get(CONSOLE_COOKIE) == "1"


def _keep(response: Response, name: str, value: str) -> None:
    # Lax: the provider sends the browser back by a link, and the cookie has to come with it.
    response.set_cookie(
        name,
        value,
        max_age=SSO_STATE_LIFE,
        path=PATH,
        secure=True,
        httponly=True,
        samesite="Lax",
    )

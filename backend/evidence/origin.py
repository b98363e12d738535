"""The log's own name: where it is served, without the scheme [c2sp.org/tlog-tiles]."""

PLACE = "/evidence"

_origin: str | None = None


class NoOriginError(RuntimeError):
    """The assembly has not yet said under which address this installation is reached."""


def configure(issuer: str) -> None:
    """Say the address of this installation. A log that has signed keeps the name it signed with."""
    global _origin  # noqa: PLW0603 - one installation per process, set once by the assembly
    address = issuer.partition("://")[2] or issuer
    # Neither may stand in the name of a key [c2sp.org/signed-note].
    _origin = (address.rstrip("/") + PLACE).replace("+", "%2B").replace(" ", "%20")


def get_origin() -> str:
    """The name for a log that has none. Raises NoOriginError."""
    if _origin is None:
        raise NoOriginError
    return _origin

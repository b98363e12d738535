"""Under which address the issuer publishes, and its name made of it [did:web]."""

from rewards.credentials import documents

_base: str | None = None


class NoOriginError(RuntimeError):
    """The assembly has not yet said under which address credentials are published."""


def configure(address: str) -> None:
    """Say it: scheme, host and port."""
    global _base  # noqa: PLW0603 - one installation per process, set once by the assembly
    _base = address.rstrip("/")


def get_base() -> str:
    """`https://HOST[:PORT]`. Raises NoOriginError."""
    if _base is None:
        raise NoOriginError
    return _base


def get_did() -> str:
    """`did:web:HOST[%3APORT]`, of which the document stands at `/.well-known/did.json`."""
    return documents.did_web(get_base())


def method_of(name: str) -> str:
    """A key's full name, as a proof bears it."""
    return f"{get_did()}#{name}"

"""This process's token keys: one place, so that they can be changed while requests run."""

from backend.auth.service.tokens import TokenKeys


class NoTokenKeysError(RuntimeError):
    """The assembly has not yet given this process its keys."""


_keys: TokenKeys | None = None


def configure(keys: TokenKeys) -> None:
    """Sign and verify with these from now on."""
    global _keys  # noqa: PLW0603 - one set of keys per process
    _keys = keys


def current() -> TokenKeys:
    """The keys to use for this request. Raises NoTokenKeysError."""
    if _keys is None:
        raise NoTokenKeysError
    return _keys

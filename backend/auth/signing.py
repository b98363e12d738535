"""The token keys of this process: the newest that it knows."""

from backend.auth.service import TokenKeys

_keys: TokenKeys | None = None


class NotConfiguredError(RuntimeError):
    """The assembly has not yet given this process its keys."""


def configure(keys: TokenKeys) -> None:
    """Use these from now on; called again whenever keys rotate."""
    global _keys  # noqa: PLW0603 - what this process knows, replaced when keys rotate
    _keys = keys


def current() -> TokenKeys:
    """The keys to sign and to verify with now. Raises NotConfiguredError."""
    if _keys is None:
        raise NotConfiguredError
    return _keys

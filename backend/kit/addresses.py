"""From which address a request comes."""

from flask import request


def client_address() -> str:
    """The peer's address; empty where the server does not tell it."""
    return request.remote_addr or ""

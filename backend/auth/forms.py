"""Reading what OAuth clients send: a form, or JSON of the same names [RFC 6749, appendix B]."""

from collections.abc import Collection
from typing import Any, NoReturn

import marshmallow
from flask import Request

from backend.auth.oauth_errors import OAuthInvalid
from backend.kit.parsing import JSON_TYPES, StrictParser, invalid_from, read_json
from backend.kit.problems import BadRequest, UnsupportedMediaType
from backend.kit.texts import Text

FORM = "application/x-www-form-urlencoded"


class OAuthParser(StrictParser):
    """Its refusals carry the word that OAuth clients understand."""

    def load_form(self, req: Request, schema: marshmallow.Schema) -> dict[str, Any]:
        """Parameters by name. Refuses: UnsupportedMediaType, OAuthInvalid."""
        if req.mimetype in JSON_TYPES:
            return _from_json(req)
        if req.mimetype == FORM:
            return _from_form(req, known=schema.fields.keys())
        raise UnsupportedMediaType(Text(f"Send {FORM} or application/json.", f"请发送 {FORM}。"))

    def handle_error(self, error: marshmallow.ValidationError, *_: Any, **__: Any) -> NoReturn:
        """A refusal of ours, with the parameters that are wrong."""
        raise OAuthInvalid(errors=invalid_from(error.messages_dict).errors)


def _from_json(req: Request) -> dict[str, Any]:
    try:
        value = read_json(req.get_data(cache=True))
    except BadRequest as problem:
        raise OAuthInvalid(problem.detail) from None
    if not isinstance(value, dict):
        raise OAuthInvalid
    return value


def _from_form(req: Request, *, known: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, values in req.form.lists():
        if name in known and len(values) > 1:
            raise OAuthInvalid(Text("A parameter is there more than once.", "同一参数出现了多次。"))
        # Without a value it counts as left out [RFC 6749, 3.2].
        if values[0]:
            found[name] = values[0]
    return found

"""The check of a credential that somebody shows, for whoever it is shown to."""

from typing import Any

from flask import request
from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import rated
from backend.kit.db import reading
from backend.kit.http import locale, refuses
from backend.kit.parsing import read_json
from backend.kit.problems import BadRequest, UnsupportedMediaType
from backend.kit.rate_limit import VERIFY
from backend.kit.texts import Text
from rewards.credentials import checking, integrity, shape
from rewards.credentials.errors import CredentialTooLarge, UnreadableCredential
from rewards.credentials.public_routes import blp
from rewards.credentials.register import OwnRegister
from rewards.credentials.verify_schemas import CREDENTIAL_IN, CredentialChecksSchema

# One blueprint of the feature for everybody: Flask wants each once.
__all__ = ["blp"]


@blp.route("/v1/credentials/verify")
class CredentialChecks(MethodView):
    @rated(VERIFY)
    @refuses(BadRequest, UnsupportedMediaType, UnreadableCredential, CredentialTooLarge)
    @blp.doc(requestBody=CREDENTIAL_IN)
    @blp.response(200, CredentialChecksSchema)
    def post(self) -> dict[str, Any]:
        """Check a badge that somebody shows you. Only our own can be verified."""
        if request.mimetype not in CREDENTIAL_IN["content"]:
            raise UnsupportedMediaType(Text("Send application/json.", "请发送 application/json。"))
        body = request.get_data(cache=False)
        if len(body) > shape.BYTES_MAX:
            raise CredentialTooLarge
        document = read_json(body)
        # The long part is over before a connection is taken.
        signed = integrity.read(document)
        with reading() as session:
            # What is published is dated by the machine's time.
            checks = checking.check(
                document, signed, register=OwnRegister(session), now=clock.wall()
            )
        language = locale()
        return {
            "verified": checking.is_verified(checks),
            "checks": [
                {"check": str(each.step), "passed": each.passed, "text": each.text.in_(language)}
                for each in checks
            ],
        }

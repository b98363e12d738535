"""Staff take the configuration out, compare a bundle with it, and write one as drafts."""

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app
from flask.views import MethodView

from backend.configuration import service
from backend.configuration.bundle import read_bundle, write_bundle
from backend.configuration.schemas import (
    ConfigurationArgs,
    ConfigurationCheckSchema,
    ConfigurationImportSchema,
    ConfigurationReportSchema,
)
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits
from backend.kit.configuration import ConfigSource, Writing
from backend.kit.db import reading, transaction
from backend.kit.http import locale
from backend.kit.idempotency import idempotent
from backend.kit.programme_zone import programme_day

YAML = "application/yaml"
FILE_NAME = "goodfaith-configuration.yaml"

blp = blueprint(
    "configuration",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/configuration",
    description="All programme configuration as one YAML bundle; an import writes drafts.",
    permission="config.export",
)


def _sources() -> Sequence[ConfigSource]:
    found: list[ConfigSource] = current_app.config["CONFIG_SOURCES"]
    return found


def _writing(note: str) -> Writing:
    now = clock.now()
    return Writing(caller().id, note, now, programme_day(now))


def _shown(report: service.Report) -> dict[str, Any]:
    language = locale()
    return {
        "hash": report.hash,
        "things": [
            {**vars(each), "why": each.why.in_(language) if each.why is not None else None}
            for each in report.things
        ],
        "only_here": [{"part": part, "key": key} for part, key in report.only_here],
        "problems": [each.as_dict(language) for each in report.problems],
    }


@blp.route("")
class Configuration(MethodView):
    @blp.arguments(ConfigurationArgs, location="query")
    @blp.response(200, {"type": "object"}, content_type=YAML)
    def get(self, args: dict[str, Any]) -> Response:
        """Everything that is in force, as a YAML file with its hash."""
        with reading() as session:
            found = service.export(session, sources=_sources(), with_drafts=args["drafts"])
        headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
        return Response(write_bundle(found), mimetype=YAML, headers=headers)


@blp.route("/check")
class ConfigurationCheck(MethodView):
    @permits("config.import")
    @blp.arguments(ConfigurationCheckSchema)
    @blp.response(200, ConfigurationReportSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """What an import would write, thing by thing, and every problem of it. Nothing is kept."""
        bundle = read_bundle(args["bundle"])
        with transaction() as session:
            report = service.check(
                session, sources=_sources(), bundle=bundle, writing=_writing("check")
            )
        return _shown(report)


@blp.route("/import")
class ConfigurationImport(MethodView):
    @idempotent
    @permits("config.import")
    @blp.arguments(ConfigurationImportSchema)
    @blp.response(200, ConfigurationReportSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Write what is new or changed as drafts, all or nothing. Another person publishes each."""
        bundle = read_bundle(args["bundle"])
        with transaction() as session:
            report = service.import_bundle(
                session, sources=_sources(), bundle=bundle, writing=_writing(args["reason"])
            )
        return _shown(report)

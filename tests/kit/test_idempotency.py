"""One key, one effect, one answer. A made-up route stands for all."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.views import MethodView
from marshmallow import fields
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend import app as assembly
from backend.app import Process
from backend.kit.audience import Audience, blueprint
from backend.kit.db import Database, transaction
from backend.kit.fields import OutSchema, StrictSchema
from backend.kit.http import locale
from backend.kit.idempotency import IdempotentAnswer, idempotent, purge_answers
from backend.kit.ids import new_id
from backend.kit.openapi import DocumentedApi
from backend.kit.problems import Forbidden
from backend.kit.texts import Text
from backend.staff import service as staff
from backend.staff.models import StaffAction
from tests.fixtures.api import Api, bearer, new_key, token_for

CALLS_AT_ONCE = 50
GREETING = Text("Good day.", "您好。")


class In(StrictSchema):
    text = fields.String(required=True)


class Out(OutSchema):
    id = fields.UUID()
    words = fields.String()


def make_blueprint(slow: threading.Event) -> Any:
    blp = blueprint(
        "acts", __name__, audience=Audience.BORROWER, url_prefix="/v1/acts", description="test"
    )

    @blp.route("")
    class Acts(MethodView):
        @idempotent
        @blp.arguments(In)
        @blp.response(201, Out)
        def post(self, args: dict[str, Any]) -> tuple[Any, int, dict[str, str]]:
            with transaction() as session:
                staff.record_action(session, staff_id=None, action="act", subject=args["text"])
                slow.wait(0.05)
                if args["text"] == "refuse":
                    raise Forbidden
                act_id = new_id()
                words = GREETING.in_(locale()) if args["text"] == "greet" else ""
                headers = {"ETag": '"7"', "Location": f"/v1/acts/{act_id}"}
                return {"id": act_id, "words": words}, 201, headers

    return blp


@pytest.fixture
def acts(process: Process, session: Session) -> Iterator[Callable[..., Api]]:
    app = assembly.create_app(process)
    DocumentedApi(
        app_with(app), spec_kwargs={"title": "t", "version": "1", "openapi_version": "3.1.0"}
    ).register_blueprint(make_blueprint(threading.Event()))
    borrower_id = new_id()

    def speak() -> Api:
        token = token_for(process.settings, audience="borrower", subject_id=borrower_id)
        return Api(client=app.test_client(), session=session, headers=bearer(token))

    return speak


def app_with(app: Flask) -> Flask:
    app.config["OPENAPI_URL_PREFIX"] = None
    return app


def count_acts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(StaffAction)) or 0


def test_a_repeat_replays_the_first_answer_byte_for_byte(
    acts: Callable[..., Api], session: Session
) -> None:
    key = new_key()
    first = acts().post("/v1/acts", json={"text": "a"}, headers=key)
    again = acts().post("/v1/acts", json={"text": "a"}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert count_acts(session) == 1


def test_the_same_key_with_another_body_is_refused(
    acts: Callable[..., Api], session: Session
) -> None:
    key = new_key()
    acts().post("/v1/acts", json={"text": "a"}, headers=key)
    other = acts().post("/v1/acts", json={"text": "b"}, headers=key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    assert count_acts(session) == 1


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é"])
def test_a_key_is_needed_and_printable(acts: Callable[..., Api], key: str) -> None:
    answer = acts().post(
        "/v1/acts", json={"text": "a"}, headers={"Idempotency-Key": key.encode().decode("latin-1")}
    )
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key-required")


def test_a_refusal_is_an_answer_too_and_undoes_the_act(
    acts: Callable[..., Api], session: Session
) -> None:
    key = new_key()
    first = acts().post("/v1/acts", json={"text": "refuse"}, headers=key)
    again = acts().post("/v1/acts", json={"text": "refuse"}, headers=key)
    assert (first.status_code, again.status_code) == (403, 403)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count_acts(session) == 0


def test_a_refusal_is_replayed_byte_for_byte(acts: Callable[..., Api]) -> None:
    key = new_key()
    first = acts().post("/v1/acts", json={"text": "refuse"}, headers=key)
    again = acts().post(
        "/v1/acts", json={"text": "refuse"}, headers=key | {"Accept-Language": "zh-CN"}
    )
    assert again.data == first.data
    assert again.content_type == first.content_type == "application/problem+json"
    # The stored words are the first request's; the header tells of this one.
    assert again.json["request_id"] == first.headers["X-Request-ID"]
    assert again.headers["X-Request-ID"] != first.headers["X-Request-ID"]


def test_a_replay_has_the_headers_of_its_answer(acts: Callable[..., Api]) -> None:
    key = new_key()
    chinese, english = ({"Accept-Language": language} for language in ("zh-CN", "en"))
    first = acts().post("/v1/acts", json={"text": "greet"}, headers=key | chinese)
    again = acts().post("/v1/acts", json={"text": "greet"}, headers=key | english)
    assert first.json["words"] == again.json["words"] == GREETING.zh_cn
    kept = ("ETag", "Location", "Content-Language", "Content-Type", "Vary", "Cache-Control")
    assert {name: again.headers.get(name) for name in kept} == {
        name: first.headers.get(name) for name in kept
    }
    assert again.headers["Content-Language"] == "zh-CN"
    assert again.headers["ETag"] == '"7"'


def test_what_stands_behind_the_address_is_part_of_the_request(acts: Callable[..., Api]) -> None:
    key = new_key()
    first = acts().post("/v1/acts?mode=a", json={"text": "a"}, headers=key)
    again = acts().post("/v1/acts?mode=a", json={"text": "a"}, headers=key)
    other = acts().post("/v1/acts?mode=b", json={"text": "a"}, headers=key)
    assert again.data == first.data
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")


def test_bad_input_is_not_kept_so_that_the_client_may_mend_it(acts: Callable[..., Api]) -> None:
    key = new_key()
    assert acts().post("/v1/acts", json={"txt": "a"}, headers=key).status_code == 422
    assert acts().post("/v1/acts", json={"text": "a"}, headers=key).status_code == 201


def test_answers_are_kept_encrypted_and_for_a_day(
    acts: Callable[..., Api], session: Session
) -> None:
    key = new_key()
    first = acts().post("/v1/acts", json={"text": "a"}, headers=key)
    stored = session.execute(select(IdempotentAnswer)).scalar_one()
    assert first.json["id"].encode() not in stored.body
    assert purge_answers(session) == 0
    session.execute(update(IdempotentAnswer).values(created_at=func.now() - timedelta(hours=25)))
    late = acts().post("/v1/acts", json={"text": "a"}, headers=key)
    assert late.status_code == 201
    assert "Idempotency-Replayed" not in late.headers
    session.execute(update(IdempotentAnswer).values(created_at=func.now() - timedelta(hours=25)))
    assert purge_answers(session) == 1


@pytest.mark.commits
def test_many_taps_at_once_are_one_act(
    own_database: Database, acts: Callable[..., Api], session: Session
) -> None:
    key = new_key()

    def tap(_: int) -> tuple[int, bytes]:
        answer = acts().client.post(
            "/v1/acts", json={"text": "a"}, headers={**acts().headers, **key}
        )
        return answer.status_code, answer.data

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(tap, range(CALLS_AT_ONCE)))
    made = {body for status, body in answers if status == 201}
    assert len(made) == 1
    assert {status for status, _ in answers} <= {201, 409}
    assert count_acts(session) == 1

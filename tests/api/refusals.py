"""What every refusal has in common."""

from typing import Any

from werkzeug.test import TestResponse

# Words of what runs underneath; no answer may hold any of them.
INNER_WORDS = ("psycopg", "sqlalchemy", "traceback", "select ", "marshmallow", "orjson", ".py")


def assert_refused(answer: TestResponse, *statuses: int) -> dict[str, Any]:
    """A problem of ours, in our words."""
    assert answer.status_code in (statuses or range(400, 500)), (answer.status_code, answer.text)
    assert answer.mimetype == "application/problem+json"
    problem: dict[str, Any] = answer.json
    assert problem["status"] == answer.status_code
    assert problem["type"].endswith("/" + problem["code"])
    assert all(problem[name] for name in ("title", "detail", "request_id"))
    assert [word for word in INNER_WORDS if word in answer.text.lower()] == []
    if answer.status_code == 422:
        assert problem.get("errors") or problem["code"] != "invalid"
    return problem

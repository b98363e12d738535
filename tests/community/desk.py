"""A moderator at the desk, for tests."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from tests.fixtures.api import Api

MODERATION = "/v1/moderation"
RECORDED = text("SELECT name, borrower_id FROM event WHERE name = :name ORDER BY seq")
WHY = "It names a telephone number of somebody else."


@dataclass
class Desk:
    """One moderator."""

    api: Api

    def next(self, queue: str = "general") -> Any:
        return self.api.post(f"{MODERATION}/queues/{queue}/next")

    def take(self, queue: str = "general") -> dict[str, Any]:
        answer = self.next(queue)
        assert answer.status_code == 200, answer.text
        return answer.json

    def decide(self, case: dict[str, Any], action: str, **given: Any) -> Any:
        body = {
            "claim_token": case["claim_token"],
            "version": case["version"],
            "content_hash": case["content_hash"],
            "action": action,
        }
        return self.api.post(f"{MODERATION}/cases/{case['id']}/decide", json=body | given)

    def remove(self, case: dict[str, Any], **given: Any) -> dict[str, Any]:
        words = {"action": "remove", "clause": "personal_data", "reason": WHY} | given
        answer = self.decide(case, **words)
        assert answer.status_code == 200, answer.text
        return answer.json["decision"]

    def on_case(self, case: dict[str, Any], verb: str, **given: Any) -> Any:
        body = {"claim_token": case["claim_token"]} | given
        return self.api.post(f"{MODERATION}/cases/{case['id']}/{verb}", json=body)

    def on_decision(self, decision: dict[str, Any], verb: str, **given: Any) -> Any:
        return self.api.post(f"{MODERATION}/decisions/{decision['id']}/{verb}", json=given)

    def counts(self) -> dict[str, Any]:
        found = self.api.get(f"{MODERATION}/queues").json["items"]
        return {each["queue"]: each for each in found}


def told(session: Any, name: str) -> list[Any]:
    """What left the wall under that name: rows of name and borrower_id."""
    return list(session.execute(RECORDED, {"name": name}))

"""People who write, and a moderator at her pages, for the tests of the moderators' console."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from tests.console.kit import ConsoleClient
from tests.fixtures.api import new_key

SELLER = {"body": "专业代理维权，帮您停息挂账，先付费后办理，联系我们"}
DESK = "/console/moderation"
HIDDEN = re.compile(r'name="(claim_token|version|content_hash)" value="([^"]*)"')
TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


@dataclass
class AtPages:
    """A moderator who works with pages alone."""

    client: ConsoleClient
    place: str = DESK
    page: str = ""

    def take(self, queue: str = "general") -> Any:
        return self.go(self.client.post(f"{DESK}/queues/{queue}/next"))

    def go(self, answer: Any) -> Any:
        """On to where an act leads; a refusal is where she stays."""
        while answer.status_code == 303:
            self.place = answer.headers["Location"]
            answer = self.client.get(self.place)
        self.page = answer.text
        return answer

    @property
    def case_id(self) -> str:
        return self.place.rpartition("/")[2]

    def held(self) -> dict[str, str]:
        return dict(HIDDEN.findall(self.page))

    def decide(self, action: str, **given: Any) -> Any:
        return self.send("decide", action=action, **given)

    def send(self, verb: str, **given: Any) -> Any:
        held = self.held()
        if verb in ("move", "keep", "unmask"):
            held = {"claim_token": held["claim_token"]}
        return self.go(self.client.post(f"{DESK}/cases/{self.case_id}/{verb}", held | given))

    def said(self) -> str:
        """What a reader of the page reads."""
        return words_of(self.page)


def words_of(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", TAGS.sub(" ", page)))


def report(who, target_id, reason="insult", **given):
    body = {"target_type": "post", "target_id": target_id, "reason": reason} | given
    assert who.api.post("/v1/community/reports", json=body, headers=new_key()).status_code == 201

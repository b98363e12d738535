"""Who writes and publishes packs, and a borrower with one offer."""

from typing import Any
from uuid import UUID

import pytest

from backend.benefits.jobs import offer_packs
from tests.benefits.packs import context, item, version
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.fixtures.api import new_key


@pytest.fixture
def marketer(staff_api):
    return staff_api("marketer")


@pytest.fixture
def approver(staff_api):
    return staff_api("campaign_approver")


@pytest.fixture
def publish(marketer, approver):
    def write_and_publish(*items, code="steps", **more):
        marketer.post("/v1/benefit-packs", json={"code": code})
        drafted = marketer.post(f"/v1/benefit-packs/{code}/versions", json=version(*items, **more))
        assert drafted.status_code == 201, drafted.json
        number = drafted.json["version"]
        path = f"/v1/benefit-packs/{code}/versions/{number}/publish"
        published = approver.post(path, headers=new_key())
        assert published.status_code == 200, published.json
        return number

    return write_and_publish


@pytest.fixture
def one_offer(session, publish, borrower_api):
    """Answers a borrower's API and the id of what she was offered."""

    def make(**more) -> tuple[Any, UUID]:
        borrower_id = make_profile(session, **more.pop("profile", {}))
        enrol(session, borrower_id)
        publish(item(**more))
        offer_packs(context())
        own = borrower_api(borrower_id)
        (shown,) = own.get("/v1/me/benefits").json["items"]
        return own, shown["id"]

    return make

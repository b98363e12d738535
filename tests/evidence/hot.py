"""What staff ask of the log, for the test that looks at how it is found."""

from collections.abc import Callable
from typing import Any

from tests.fixtures.api import Api

PATH = "/v1/staff/evidence"


def evidence_calls(staff: Api, *, external_id: str) -> tuple[Callable[[], Any], ...]:
    hers = {"borrower_external_id": external_id}
    purpose = {"X-Access-Purpose": "complaint"}
    return (
        lambda: staff.get(PATH),
        lambda: staff.get(PATH, query_string={"type": "plan.decided"}),
        lambda: staff.get(PATH, query_string=hers, headers=purpose),
        lambda: staff.get(f"{PATH}/0"),
        lambda: staff.get(f"{PATH}/0.tlog-proof"),
        lambda: staff.get(f"{PATH}/head"),
    )

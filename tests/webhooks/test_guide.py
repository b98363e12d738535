"""The guide's example takes what we send, and its tables say what the code does."""

import re
from pathlib import Path

from backend.kit.calls_out import Failure
from backend.webhooks.message_schemas import MESSAGES
from tests.webhooks.conftest import send_all

GUIDE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()


def test_the_receiver_of_the_guide_takes_each_message_once(endpoint, tell, sender, receiver):
    [code] = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    done = []
    example = {"carry_out_later": lambda kind, data: done.append((kind, data))}
    exec(code.replace("whsec_...", endpoint.secret), example)  # noqa: S102 - our own guide
    tell()
    send_all(sender)
    [call] = receiver.calls
    assert example["take"](call.headers, call.body) == 204
    assert example["take"](call.headers, call.body) == 204
    assert example["take"](call.headers, call.body + b" ") == 400
    [(kind, data)] = done
    assert (kind, set(data)) == (
        "penalty.freeze",
        {"borrower_external_id", "instruction_id", "payload"},
    )


def test_the_tables_list_every_type_and_every_failure():
    types = GUIDE.partition("| type | when |")[2].partition("\n\n")[0]
    first = [row.split("|")[1] for row in types.splitlines()[2:]]
    assert set(re.findall(r"`([a-z_.]+)`", " ".join(first))) == set(MESSAGES)
    failures = GUIDE.partition("| `failure` | |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", failures, re.MULTILINE) == [str(f) for f in Failure]

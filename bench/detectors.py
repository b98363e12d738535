"""The detectors: how long a post takes, and how right they are on texts of others.

The data sets are read from the folder in DETECTOR_DATA, else from ../shared/data; without one, only
the times and our own labelled texts are measured, and that is said.
"""

import csv
import gzip
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.common import Figure
from community.detectors.rules import (
    BODY_LENGTH_MAX,
    PERSONAL,
    SHIPPED,
    Kind,
    Verdict,
    consequence,
)
from community.detectors.service import examine, fingerprint

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("DETECTOR_DATA") or ROOT.parent / "shared" / "data")
ROUNDS = 9
MILLISECONDS_GOAL = 10.0
FALSE_ALARMS_GOAL, PRECISION_GOAL = 0.01, 0.9
RECALL_GOAL, OWN_FALSE_ALARMS_GOAL = 0.95, 0.02
POST = (
    "我借了30000元，分12期，每期还2750元。催收天天打电话，我真的很累，但没有放弃。"
    "My loan of 30,000 was cut to 24,500 in March 2024, and the call came at 10:30. "
)
WORST = {
    "1-": "digits apart",
    "a.b": "domains",
    "加v ": "invitations",
    "4111 ": "cards",
    "1": "one",
}
REVIEWS = ("waimai_10k", "ChnSentiCorp_htl_all", "online_shopping_10_cats")
Rows = Iterator[dict[str, str]]


def figures() -> Iterator[Figure]:
    """Times first; then the labelled texts; then what others wrote."""
    yield from _times()
    yield from _own()
    if not DATA.is_dir():
        print(f"  {DATA} is not there: nothing is measured on the texts of others")
        return
    yield from _false_alarms()
    yield from _precision()


def _times() -> Iterator[Figure]:
    usual = (POST * BODY_LENGTH_MAX)[:BODY_LENGTH_MAX]
    name = f"a post of {BODY_LENGTH_MAX:,} characters"
    yield Figure(
        name, _milliseconds(lambda: examine("T", usual)), "ms", MILLISECONDS_GOAL, at_least=False
    )
    yield Figure("its fingerprint", _milliseconds(lambda: fingerprint(usual)), "ms")
    for unit, what in WORST.items():
        body = (unit * BODY_LENGTH_MAX)[:BODY_LENGTH_MAX]
        yield Figure(f"the same of {what}", _milliseconds(lambda b=body: examine("T", b)), "ms")


def _milliseconds(act: Callable[[], object]) -> float:
    """The best of some rounds: neighbours of this machine only ever make it longer."""
    act()
    best = float("inf")
    for _ in range(ROUNDS):
        before = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - before)
    return best * 1_000


def _own() -> Iterator[Figure]:
    path = ROOT / "tests" / "detectors" / "personal.tsv"
    lines = path.read_text(encoding="utf-8").replace("\\u200b", "\u200b").splitlines()
    pairs = [line.split("\t", 1) for line in lines if line]
    found = [label in _kinds(text) for label, text in pairs if label != "clean"]
    wrong = [bool(_kinds(text)) for label, text in pairs if label == "clean"]
    yield Figure(f"recall of {len(found)} labelled", sum(found) / len(found), "", RECALL_GOAL)
    share = sum(wrong) / len(wrong)
    yield Figure(
        f"false alarms of {len(wrong)} clean", share, "", OWN_FALSE_ALARMS_GOAL, at_least=False
    )


def _kinds(text: str) -> set[str]:
    return {str(found.kind) for found in examine("T", text[:BODY_LENGTH_MAX]).findings}


def _false_alarms() -> Iterator[Figure]:
    reviews = [
        row["review"]
        for name in REVIEWS
        for row in _rows(f"chinese_reviews_sentiment/{name}.csv.gz")
    ]
    banking = [row["text"] for row in _rows("banking77/train.csv.gz")]
    for name, texts in (("Chinese reviews", reviews), ("banking77", banking)):
        told = [_kinds(text) for text in texts]
        personal = sum(bool(kinds & PERSONAL) for kinds in told) / len(texts)
        linked = sum(bool(kinds & {*PERSONAL, Kind.LINK}) for kinds in told) / len(texts)
        yield Figure(f"{name}: personal", personal, "", FALSE_ALARMS_GOAL, at_least=False)
        yield Figure(f"{name}: personal or a link", linked, "", FALSE_ALARMS_GOAL, at_least=False)
    complaints = [row["narrative"] for row in _rows("cfpb_complaints/complaints.csv.gz")]
    held = sum(_is_held(text, Kind.OFFENSIVE, Kind.BANNED, Kind.SPAM) for text in complaints)
    yield Figure(
        "complaints to the CFPB: held as abuse, banned or spam", held / len(complaints), ""
    )


def _precision() -> Iterator[Figure]:
    abuse = Kind.OFFENSIVE
    for part in ("train", "dev"):
        cold = [(r["TEXT"], r["label"] == "1") for r in _rows(f"cold_offensive_zh/{part}.csv.gz")]
        yield from _of(f"COLD {part}, held", cold, abuse)
    tweets = [
        (r["tweet"], r["class"] != "2")
        for r in _rows("davidson_offensive_en/labeled_tweets.csv.gz")
    ]
    yield from _of("Davidson, held", tweets, abuse)
    harmless = [text for text, is_bad in tweets if not is_bad]
    share = sum(_is_held(text, abuse) for text in harmless) / len(harmless)
    yield Figure("Davidson, class 2 held all the same", share, "")
    sms = [(r["text"], r["label"] == "spam") for r in _rows("sms_spam/sms.csv.gz")]
    yield from _of("SMS spam, held", sms, Kind.SPAM)


def _of(name: str, labelled: list[tuple[str, bool]], kind: Kind) -> Iterator[Figure]:
    held = [is_bad for text, is_bad in labelled if _is_held(text, kind)]
    bad = sum(is_bad for _, is_bad in labelled)
    yield Figure(f"{name}: precision of {len(held):,}", sum(held) / len(held), "", PRECISION_GOAL)
    yield Figure(f"{name}: share of the bad", sum(held) / bad, "")


def _is_held(text: str, *kinds: Kind) -> bool:
    return any(
        found.kind in kinds and consequence(found, SHIPPED[found.rule]) is not Verdict.PUBLISH
        for found in examine("T", text[:BODY_LENGTH_MAX]).findings
    )


def _rows(name: str) -> Rows:
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

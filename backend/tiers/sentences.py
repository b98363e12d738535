"""A policy in sentences, for whoever reads it: what it adds up, and who comes into which tier."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from backend.kit.predicates import LIST_OPS
from backend.kit.texts import Text
from backend.profile.catalogue import DAYS, Fact
from backend.tiers.policy import SCORES
from backend.tiers.wording import NO, SCORE_LABELS, YES

OPS = {
    "eq": Text("is", "等于"),
    "ne": Text("is not", "不等于"),
    "gt": Text("is more than", "大于"),
    "gte": Text("is at least", "不小于"),
    "lt": Text("is less than", "小于"),
    "lte": Text("is at most", "不大于"),
    "between": Text("is between", "介于"),
    "in": Text("is one of", "属于"),
    "not_in": Text("is none of", "不属于"),
    "known": Text("is known", "已知"),
    "unknown": Text("is not known", "未知"),
}
ALL, ANY = Text("all of", "同时满足"), Text("one of", "满足其一")
NOT = Text("not", "并非")
EVERYBODY = Text("everybody else", "其余所有人")
DAY_UNIT = Text("days", "天")
GRACE = Text("A worse tier counts after {n} days of grace.", "降级在 {n} 天宽限期后生效。")
BASE = Text("{score}: starts at {n}.", "{score}：起始 {n} 分。")
BELOW = Text("{fact} below {bound}: {n}", "{fact} 低于 {bound}：{n} 分")
EQUAL = Text("{fact} is {bound}: {n}", "{fact} 为 {bound}：{n} 分")
ELSE = Text("{fact} else: {n}", "{fact} 其他：{n} 分")
UNKNOWN = Text("{fact} not known: {n}", "{fact} 未知：{n} 分")
TIER = Text("{n}. {code} (rank {rank}): {when}.", "{n}. {code}（级别 {rank}）：{when}。")
CALLED = Text(
    "{code} is called {name} ({public}): {about}", "{code} 对外称为 {name}（{public}）：{about}"
)


def lines_of(document: Mapping[str, Any], *, facts: Mapping[str, Fact]) -> list[Text]:
    """The whole policy, one sentence a line: what two versions differ in is some of these."""
    return list(_lines(document, facts))


def _lines(document: Mapping[str, Any], facts: Mapping[str, Fact]) -> Iterator[Text]:
    cards = document.get("scorecards") or {}
    for name in (each for each in SCORES if each in cards):
        yield from _card_lines(SCORE_LABELS[name], cards[name], facts)
    for n, tier in enumerate(document["tiers"], start=1):
        when = sentence_of(tier["when"], facts=facts)
        yield fill(TIER, n=str(n), code=tier["code"], rank=str(tier.get("rank", "-")), when=when)
        if "name" in tier:
            yield fill(
                CALLED,
                code=tier["code"],
                name=Text.from_json(tier["name"]),
                public=str(tier.get("public_code", "-")),
                about=Text.from_json(tier.get("about") or {"en": "", "zh-CN": ""}),
            )
    yield fill(GRACE, n=str(document.get("demotion_grace_days", 7)))


def _card_lines(score: Text, card: Mapping[str, Any], facts: Mapping[str, Fact]) -> Iterator[Text]:
    yield fill(BASE, score=score, n=str(card.get("base", 0)))
    for part in card["parts"]:
        fact = _label(part["fact"], facts)
        yield fill(UNKNOWN, fact=fact, n=_points(part["unknown"]))
        for band in part["bands"]:
            words = BELOW if "below" in band else EQUAL if "equal" in band else ELSE
            bound = _value(band.get("below", band.get("equal", "")))
            yield fill(words, fact=fact, bound=bound, n=_points(band["points"]))


def sentence_of(predicate: Mapping[str, Any], *, facts: Mapping[str, Fact]) -> Text:
    """A condition as one reads it."""
    if "fact" in predicate:
        return _comparison(predicate, facts)
    kind, inner = next(iter(predicate.items()))
    if kind == "not":
        return fill(
            Text("{no} ({part})", "{no}（{part}）"), no=NOT, part=sentence_of(inner, facts=facts)
        )
    if not inner:
        return EVERYBODY
    parts = [sentence_of(part, facts=facts) for part in inner]
    if len(parts) == 1:
        return parts[0]
    return Text(
        f"{(ALL if kind == 'all' else ANY).en}: " + "; ".join(f"({part.en})" for part in parts),
        f"{(ALL if kind == 'all' else ANY).zh_cn}："
        + "；".join(f"（{part.zh_cn}）" for part in parts),
    )


def _comparison(comparison: Mapping[str, Any], facts: Mapping[str, Fact]) -> Text:
    name, op = str(comparison["fact"]), str(comparison["op"])
    said = OPS.get(op, Text(op, op))
    label = _label(name, facts)
    if comparison.get("value") is None:
        return Text(f"{label.en} {said.en}", f"{label.zh_cn}{said.zh_cn}")
    raw = comparison["value"]
    values = [_value(each) for each in (raw if isinstance(raw, list) else [raw])]
    joint = Text(", ", "、") if op in LIST_OPS else Text(" and ", " 与 ")
    fact = facts.get(name)
    unit = DAY_UNIT if fact is not None and fact.unit == DAYS else Text("", "")
    in_en = joint.en.join(value.en for value in values)
    in_zh = joint.zh_cn.join(value.zh_cn for value in values)
    return Text(
        f"{label.en} {said.en} {in_en} {unit.en}".rstrip(),
        f"{label.zh_cn}{said.zh_cn} {in_zh} {unit.zh_cn}".rstrip(),
    )


def _label(name: str, facts: Mapping[str, Fact]) -> Text:
    fact = facts.get(name)
    return fact.label if fact is not None else SCORE_LABELS.get(name, Text(name, name))


def _value(raw: Any) -> Text:
    if isinstance(raw, bool):
        return YES if raw else NO
    return Text(str(raw), str(raw))


def _points(number: int) -> str:
    return f"{number:+}" if number else "0"


def fill(words: Text, **values: Text | str) -> Text:
    """Words with each value in its own language."""
    in_en = {name: v.en if isinstance(v, Text) else v for name, v in values.items()}
    in_zh = {name: v.zh_cn if isinstance(v, Text) else v for name, v in values.items()}
    return Text(words.en.format(**in_en), words.zh_cn.format(**in_zh))


def compare(before: list[Text], after: list[Text]) -> list[tuple[str, Text]]:
    """The lines of both: "same", "gone" or "new", in reading order."""
    told: list[tuple[str, Text]] = []
    olds, news = [line.en for line in before], [line.en for line in after]
    for how, a, b, c, d in SequenceMatcher(a=olds, b=news, autojunk=False).get_opcodes():
        if how == "equal":
            told += [("same", line) for line in after[c:d]]
            continue
        told += [("gone", line) for line in before[a:b]]
        told += [("new", line) for line in after[c:d]]
    return told

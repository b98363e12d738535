"""A document in sentences, as an approver reads it: one line for each thing that it does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.kit.predicates import All, Any_, Compare, Not, Predicate
from backend.kit.texts import Text
from rewards.campaigns import wording
from rewards.campaigns.terms import (
    BadgeGiven,
    BenefitGiven,
    Budget,
    CampaignTerms,
    Effect,
    Message,
    Multiplied,
    Points,
    Refused,
    Schedule,
)

Labels = Mapping[str, Text]
WHO, ON_CONDITION = Text("Who takes part", "参与人群"), Text("On condition that", "条件")
EVERYBODY = Text("everybody enrolled", "所有已加入的会员")
ALWAYS = Text("always", "无条件")
NO_LIMIT = Text("no limit", "不限")


@dataclass(frozen=True)
class Line:
    """One thing of the document; `part` is the first step of its pointer."""

    part: str
    name: Text
    said: Text


def sentences(terms: CampaignTerms, labels: Labels) -> list[Line]:
    """The whole document, in the order in which it is written."""
    return [
        Line("texts", Text("Name", "名称"), terms.name),
        Line("texts", Text("What she reads", "对用户的承诺"), terms.promise),
        Line("trigger", Text("When", "触发"), wording.TRIGGERS[terms.trigger]),
        Line("audience", WHO, said_of(terms.audience, labels, EVERYBODY)),
        Line("conditions", ON_CONDITION, said_of(terms.conditions, labels, ALWAYS)),
        Line("effects", Text("She is given", "奖励"), _listed([_effect(e) for e in terms.effects])),
        Line("budget", Text("Budget", "预算"), _budget(terms.budget)),
        Line("schedule", Text("Runs", "时间"), _schedule(terms.schedule)),
        Line("stacking", Text("Beside other campaigns", "与其他活动"), _stacking(terms)),
        Line("holdout", Text("Held out, to compare", "对照组比例"), _percent(terms)),
        Line("primary_measure", Text("Measured by", "衡量指标"), _measure(terms)),
    ]  # fmt: skip


def changed_parts(before: Sequence[Line], after: Sequence[Line]) -> list[tuple[Text, Text, Text]]:
    """(name, before, after) of each line that says something else."""
    return [
        (new.name, old.said, new.said)
        for old, new in zip(before, after, strict=True)
        if old.said != new.said
    ]


def said_of(predicate: Predicate, labels: Labels, nothing: Text) -> Text:
    """A condition in words."""
    if isinstance(predicate, All) and not predicate.parts:
        return nothing
    return _said(predicate, labels, is_inner=False)


def _said(predicate: Predicate, labels: Labels, *, is_inner: bool) -> Text:
    match predicate:
        case All(parts) | Any_(parts):
            word = Text(" and ", "，且") if isinstance(predicate, All) else Text(" or ", "，或")
            said = _joined([_said(part, labels, is_inner=True) for part in parts], word)
            one_only = len(parts) == 1 or not is_inner
            return said if one_only else Text(f"({said.en})", f"（{said.zh_cn}）")
        case Not(part):
            said = _said(part, labels, is_inner=True)
            return Text(f"not: {said.en}", f"并非：{said.zh_cn}")
        case Compare():
            return _comparison(predicate, labels)


def _comparison(comparison: Compare, labels: Labels) -> Text:
    label = labels.get(comparison.fact) or Text(comparison.fact, comparison.fact)
    operation, value = comparison.op, comparison.value
    if isinstance(value, bool):
        operation, value = ("yes" if value == (operation == "eq") else "no"), None
    said = wording.OPS[operation]
    if value is None:
        return Text(f"{label.en} {said.en}", f"{label.zh_cn}{said.zh_cn}")
    told = _value(comparison.fact, value, is_span=operation == "between")
    return Text(f"{label.en} {said.en} {told.en}", f"{label.zh_cn}{said.zh_cn} {told.zh_cn}")


def _value(fact: str, value: Any, *, is_span: bool) -> Text:
    values = value if isinstance(value, tuple) else (value,)
    said = [_one_value(fact, each) for each in values]
    return _joined(said, Text(" and ", " 与 ") if is_span else Text(", ", "、"))


def _one_value(fact: str, value: Any) -> Text:
    known = wording.TIERS.get(str(value)) if fact == "tier" else None
    return known or Text(str(value), str(value))


def _effect(effect: Effect) -> Text:
    match effect:
        case Points(points):
            return wording.EFFECTS["points"].format(points=points)
        case Multiplied(factor):
            return wording.EFFECTS["points_multiplied"].format(factor=factor)
        case BadgeGiven(code):
            return wording.EFFECTS["badge"].format(code=code)
        case BenefitGiven(benefit):
            return wording.BENEFITS.get(benefit) or Text(benefit, benefit)
        case Message():
            title = wording.EFFECTS["message"]
            return Text(
                title.en.format(title=effect.title.en), title.zh_cn.format(title=effect.title.zh_cn)
            )
        case Refused(named):
            return wording.EFFECTS["refused"].format(named=named)


def _budget(budget: Budget) -> Text:
    parts = [*_limits(budget.points_total, budget.awards_total, "in total", "总计")]
    if budget.per_period is not None:
        every = wording.EVERY[budget.per_period.every]
        parts += _limits(
            budget.per_period.points,
            budget.per_period.awards,
            f"each {every.en}",
            f"每{every.zh_cn}",
        )
    parts += _limits(budget.points_each, budget.awards_each, "for each person", "每人")
    return _joined(parts, Text("; ", "；")) if parts else NO_LIMIT


def _limits(points: int | None, awards: int | None, en: str, zh_cn: str) -> Iterator[Text]:
    if points is not None:
        yield Text(f"{points:,} points {en}", f"{zh_cn} {points:,} 积分")
    if awards is not None:
        noun = "award" if awards == 1 else "awards"
        yield Text(f"{awards:,} {noun} {en}", f"{zh_cn} {awards:,} 次")


def _schedule(schedule: Schedule) -> Text:
    span = f"{schedule.starts_on} – {schedule.ends_on}"  # noqa: RUF001 - a span of days
    parts = [Text(span, span)]
    if schedule.weekdays is not None:
        parts.append(_listed([wording.WEEKDAYS[day] for day in sorted(schedule.weekdays)]))
    for first, last in schedule.dayparts or ():
        hours = f"{first:%H:%M}–{last:%H:%M}"  # noqa: RUF001 - a span of hours
        parts.append(Text(hours, hours))
    parts.append(Text(schedule.zone, schedule.zone))
    return _joined(parts, Text("; ", "；"))


def _stacking(terms: CampaignTerms) -> Text:
    stacking, mode = terms.stacking, wording.MODES[terms.stacking.mode]
    return Text(
        f"group “{stacking.group}”: {mode.en}; priority {stacking.priority}",
        f"分组“{stacking.group}”：{mode.zh_cn}；优先级 {stacking.priority}",
    )


def _percent(terms: CampaignTerms) -> Text:
    share = f"{terms.holdout * 100:.4f}".rstrip("0").rstrip(".") + " %"
    return Text(share, share)


def _measure(terms: CampaignTerms) -> Text:
    measure = wording.MEASURES[terms.primary_measure]
    return Text(
        f"{measure.en}, within {terms.window_days} days",
        f"{measure.zh_cn}，{terms.window_days} 天内",
    )


def _listed(parts: Sequence[Text]) -> Text:
    return _joined(parts, Text(", ", "、"))


def _joined(parts: Sequence[Text], word: Text) -> Text:
    return Text(
        word.en.join(part.en for part in parts), word.zh_cn.join(part.zh_cn for part in parts)
    )

"""Whatever a reader may be told exists in English and in Chinese."""

import re
from collections.abc import Iterator

import backend.app
from backend.kit.problems import Problem
from backend.kit.texts import Text
from backend.profile.catalogue import FACTS
from backend.tiers.policies import get_live

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def kinds(parent: type[Problem]) -> Iterator[type[Problem]]:
    for kind in parent.__subclasses__():
        yield kind
        yield from kinds(kind)


def is_in_both(text: Text) -> bool:
    is_english = not CHINESE.search(text.en) and bool(text.en.strip())
    return is_english and bool(CHINESE.search(text.zh_cn))


def test_every_refusal_has_a_title_in_both_languages() -> None:
    assert backend.app.WIRINGS
    lacking = [kind.__name__ for kind in kinds(Problem) if not is_in_both(kind.title)]
    assert lacking == []


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in kinds(Problem)]
    assert sorted(codes) == sorted(set(codes))


def test_every_fact_is_labelled_and_every_step_worded_in_both_languages() -> None:
    lacking = [name for name, fact in FACTS.items() if not is_in_both(fact.label)]
    lacking += [name for name, f in FACTS.items() if f.action and not is_in_both(f.action)]
    assert lacking == []


def test_every_tier_of_the_shipped_policy_is_named_in_both_languages(session) -> None:
    for tier in get_live(session).policy.tiers:
        assert tier.name is not None
        assert tier.about is not None
        assert is_in_both(tier.name)
        assert is_in_both(tier.about)

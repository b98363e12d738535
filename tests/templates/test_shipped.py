"""What is shipped says nothing on a lock screen, and everything in both languages."""

import re

import pytest

from backend.events.contacts import Purpose
from backend.kit.texts import LOCALES
from notifications.templates import queries, service
from notifications.templates.rendering import find_missing
from notifications.templates.rules import doorbell, find_errors, find_telling
from notifications.templates.shipped import SHIPPED
from notifications.templates.words import FIELDS, LOCK_SCREEN

CHINESE = re.compile(r"[\u4e00-\u9fff]")
VALUE_ALONE = re.compile(r"\{[a-z_]+\}")
ALL = [pytest.param(each, id=each.code) for each in SHIPPED.values()]


@pytest.mark.parametrize("template", ALL)
def test_a_shipped_template_holds_to_the_rules_in_both_languages(template):
    assert list(find_errors(template.words, variables=template.variables)) == []
    for name in FIELDS:
        text = getattr(template.words, name)
        # What is a value alone was put into words, in both languages, by whoever gives it.
        assert CHINESE.search(text.zh_cn) or VALUE_ALONE.fullmatch(text.zh_cn)
        assert not CHINESE.search(text.en)


@pytest.mark.parametrize("template", ALL)
def test_its_samples_fill_every_place(template, session):
    assert not find_missing(template.words, variables=template.variables, values=template.samples)
    for locale in LOCALES:
        said = service.render(
            session, template=template.code, version=1, variables=template.samples, locale=locale
        )
        for name in FIELDS:
            assert getattr(said, name).strip()
            assert not re.search(r"[{}]|\[\[|\]\]|None", getattr(said, name))


@pytest.mark.parametrize("template", ALL)
def test_a_lock_screen_shows_no_debt_amount_name_or_tier(template, session):
    own = [str(value) for value in template.samples.values()]
    for locale in LOCALES:
        said = service.render(
            session, template=template.code, version=1, variables=template.samples, locale=locale
        )
        shown = [getattr(said, name) for name in LOCK_SCREEN]
        for text in (*shown, *doorbell(template.purpose, locale)):
            assert find_telling(text) is None
            assert not [value for value in own if value in text]


@pytest.mark.parametrize("telling", [
    "Your debt", "an installment", "86.05", "¥12", "fresh start", "High-risk", "overdue by a week",
    "您的欠款", "三百元", "分期", "逾期", "信用等级", "还款日", "账单",
])  # fmt: skip
def test_telling_words_are_found(telling):
    assert find_telling(f"Goodfaith: {telling} ...") is not None


def test_every_purpose_has_a_doorbell_in_both_languages():
    for purpose in Purpose:
        assert CHINESE.search(doorbell(purpose, "zh-CN")[1])
        assert not CHINESE.search("".join(doorbell(purpose, "en")))


def test_what_is_shipped_is_in_force_as_version_one(session):
    assert queries.current_versions(session) == dict.fromkeys(SHIPPED, 1)

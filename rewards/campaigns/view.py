"""A stored version in words, with the labels of facts as they are called now."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from backend.profile import queries as profile
from rewards.campaigns.document import read_terms
from rewards.campaigns.sentences import Line, changed_parts, sentences
from rewards.campaigns.wording import EVENT_FACTS

__all__ = ["changed_parts", "lines_of"]


def lines_of(session: Session, version: Row[Any]) -> list[Line]:
    """The document of a version, line by line. A fact that was retired since is read as well."""
    catalogue = profile.get_catalogue(session, with_retired=True)
    labels = {name: fact.label for name, fact in catalogue.facts.items()} | EVENT_FACTS
    terms = read_terms(
        version.document,
        campaign_id=version.campaign_id,
        version=version.number,
        facts=catalogue.types,
    )
    return sentences(terms, labels)

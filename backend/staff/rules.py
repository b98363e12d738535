"""Which role may do what. One table; a route names the permission that it needs.

And how a role changes hands: one admin asks, another confirms.
"""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum


class Role(StrEnum):
    """The roles of the product."""

    MODERATOR = "moderator"
    LEAD_MODERATOR = "lead_moderator"
    MARKETER = "marketer"
    CAMPAIGN_APPROVER = "campaign_approver"
    ACCOUNT_MANAGER = "account_manager"
    RISK_OFFICER = "risk_officer"
    PRIVACY_OFFICER = "privacy_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"


# What an account may do about itself, whatever its roles.
OWN_ACCOUNT = frozenset({"staff.self"})

# The programme in figures: for everybody in the office but moderators, who look after people.
_WATCHERS = frozenset(Role) - {Role.MODERATOR, Role.LEAD_MODERATOR}
_GRANTED: dict[Role, frozenset[str]] = {
    Role.MODERATOR: frozenset({"moderation.decide"}),
    # Whose words somebody's are is told to leads alone, for a person in need.
    Role.LEAD_MODERATOR: frozenset({"moderation.decide", "moderation.lead", "moderation.unmask"}),
    Role.MARKETER: frozenset(
        {
            *("facts.read", "audiences.count", "badges.read", "badges.author"),
            *("benefits.read", "benefits.author", "points.read", "points.author"),
            *("catalogue.read", "catalogue.write", "catalogue.fulfil"),
            *("templates.read", "templates.author", "reminders.read", "reminders.author"),
            *("campaigns.read", "campaigns.author", "campaigns.stop"),
        }
    ),
    Role.CAMPAIGN_APPROVER: frozenset(
        {
            *("facts.read", "audiences.count", "badges.read", "badges.publish"),
            *("benefits.read", "benefits.publish", "points.read", "points.publish"),
            *("templates.read", "templates.publish", "reminders.read", "reminders.publish"),
            *("campaigns.read", "campaigns.publish", "campaigns.stop"),
            "config.export",
        }
    ),
    # `borrowers.read_assigned` opens the doors at which borrowers are seen; whom she finds behind
    # them is hers alone. `borrowers.read` shows everybody, for a purpose that is named.
    Role.ACCOUNT_MANAGER: frozenset(
        {
            *("borrowers.read_assigned", "facts.read", "badges.read", "schedules.preview"),
            *("tiers.read", "tiers.review", "benefits.read", "benefits.verify", "points.adjust"),
            *("catalogue.read", "promises.record", "disputes.read", "disputes.decide"),
            *("waivers.read", "waivers.decide"),
            *("catalogue.read", "contacts.read", "contacts.write"),
            *("procedures.read", "procedures.open", "work_list.read"),
            *("catalogue.read", "documents.read", "documents.verify"),
            *("hardship.read", "hardship.decide", "fund.read", "fund.propose"),
            *("catalogue.read", "plans.read", "plans.decide"),
            *("templates.read", "reminders.read"),
        }
    ),
    Role.RISK_OFFICER: frozenset(
        {
            *("evidence.read", "borrowers.read"),
            "borrowers.read_assigned",
            "borrowers.assign",
            "facts.read",
            "facts.write",
            "audiences.count",
            "badges.read",
            "badges.revoke",
            "benefits.read",
            "benefits.revoke",
            "documents.read",
            "documents.verify",
            "documents.decide",
            *("hardship.read", "hardship.decide", "partners.write"),
            *("fund.read", "fund.propose", "fund.approve", "fund.top_up"),
            "programme.read",
            "programme.write",
            "promises.record",
            "disputes.read",
            "disputes.decide",
            "waivers.read",
            "waivers.decide",
            "schedules.preview",
            "config.export",
            "tiers.read",
            "tiers.preview",
            "tiers.author",
            "tiers.publish",
            "tiers.override",
            "tiers.review",
            "points.read",
            "points.adjust",
            "referrals.review",
            "contacts.read",
            *("procedures.read", "procedures.open", "procedures.decide", "procedures.hand_over"),
            *("plans.read", "plans.decide", "plans.author", "plans.publish"),
            *("templates.read", "reminders.read"),
            "campaigns.read",
        }
    ),
    Role.PRIVACY_OFFICER: frozenset(
        {
            *("borrowers.read", "borrowers.read_assigned", "staff.read", "contacts.read"),
            "evidence.read",
        }
    ),
    Role.AUDITOR: frozenset(
        {
            *("borrowers.read", "borrowers.read_assigned", "facts.read", "programme.read"),
            *("tiers.read", "badges.read", "benefits.read", "points.read", "jobs.read"),
            *("staff.read", "clients.read", "catalogue.read", "disputes.read", "waivers.read"),
            *("staff.read", "clients.read", "catalogue.read", "contacts.read"),
            *("procedures.read", "evidence.read"),
            *("staff.read", "clients.read", "catalogue.read", "hardship.read", "fund.read"),
            *("staff.read", "clients.read", "catalogue.read", "plans.read"),
            *("templates.read", "reminders.read", "config.export"),
            "campaigns.read",
        }
    ),
    Role.ADMIN: frozenset(
        {
            *("borrowers.assign", "jobs.read", "jobs.retry", "staff.read", "staff.write"),
            *("config.export", "config.import"),
            *("clients.read", "clients.write"),
        }
    ),
}
_OVERVIEW = frozenset({"overview.read"})
PERMISSIONS = {
    role: OWN_ACCOUNT | granted | (_OVERVIEW if role in _WATCHERS else frozenset())
    for role, granted in _GRANTED.items()
}


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """Everything that any of the roles may do; a role that no longer exists gives nothing."""
    known = [Role(name) for name in roles if name in Role.__members__.values()]
    return frozenset().union(*(PERMISSIONS[role] for role in known))


class AccountState(StrEnum):
    """Invited until she has a password and a second factor; disabled until an admin enables her."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class ChangeState(StrEnum):
    """The life of a role change."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    EXPIRED = "expired"


ROLE_CHANGE_LIFE = timedelta(hours=72)
CHANGE_MOVES: dict[ChangeState, frozenset[ChangeState]] = {
    ChangeState.PENDING: frozenset(
        {ChangeState.CONFIRMED, ChangeState.REJECTED, ChangeState.EXPIRED}
    ),
    ChangeState.CONFIRMED: frozenset(),
    ChangeState.REJECTED: frozenset(),
    ChangeState.EXPIRED: frozenset(),
}


def may_move(state: ChangeState, to: ChangeState) -> bool:
    """Whether a role change in `state` may become `to`."""
    return to in CHANGE_MOVES[state]


def roles_after(
    held: Collection[str], *, add: Collection[str], remove: Collection[str]
) -> frozenset[str]:
    """What an account holds once a change is made."""
    return (frozenset(held) | frozenset(add)) - frozenset(remove)


def leaves_no_admin(
    active_admins: Collection[object], *, subject: object, after: Collection[str]
) -> bool:
    """Whether the last active admin would go: then nobody could confirm anything any more."""
    return set(active_admins) == {subject} and Role.ADMIN not in after


def are_two_people(first: frozenset[object], second: frozenset[object]) -> bool:
    """Whether two accounts cannot be in one hand.

    Each is given as itself and everybody who let it in: who hands out an enrolment code may use
    it herself, and would then confirm what she asked for.
    """
    return first.isdisjoint(second)

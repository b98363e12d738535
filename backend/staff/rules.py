"""Which role may do what. One table; a route names the permission that it needs."""

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


PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.MODERATOR: frozenset(),
    Role.LEAD_MODERATOR: frozenset(),
    Role.MARKETER: frozenset({"facts.read", "audiences.count"}),
    Role.CAMPAIGN_APPROVER: frozenset({"facts.read", "audiences.count"}),
    Role.ACCOUNT_MANAGER: frozenset(
        {"borrowers.read", "facts.read", "schedules.preview", "tiers.read", "tiers.review"}
    ),
    Role.RISK_OFFICER: frozenset(
        {
            "borrowers.read",
            "facts.read",
            "facts.write",
            "audiences.count",
            "programme.read",
            "programme.write",
            "schedules.preview",
            "tiers.read",
            "tiers.preview",
            "tiers.author",
            "tiers.publish",
            "tiers.override",
            "tiers.review",
        }
    ),
    Role.PRIVACY_OFFICER: frozenset({"borrowers.read", "staff.read"}),
    Role.AUDITOR: frozenset(
        {"borrowers.read", "facts.read", "programme.read", "tiers.read", "jobs.read", "staff.read"}
    ),
    Role.ADMIN: frozenset({"jobs.read", "jobs.retry", "staff.read"}),
}


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """Everything that any of the roles may do; a role that no longer exists gives nothing."""
    known = [Role(name) for name in roles if name in Role.__members__.values()]
    return frozenset().union(*(PERMISSIONS[role] for role in known))

"""Refusals of badges."""

from backend.kit.problems import Conflict
from backend.kit.texts import Text


class BadgeCodeTaken(Conflict):
    code = "badge-code-taken"
    title = Text("A badge of this code exists already.", "已存在使用此代码的徽章。")


class BadgeRetired(Conflict):
    code = "badge-retired"
    title = Text("This badge is retired.", "此徽章已停用。")


class BadgeNotDraft(Conflict):
    code = "badge-not-draft"
    title = Text("This version is published already.", "此版本已发布。")


class BadgeSuperseded(Conflict):
    code = "badge-superseded"
    title = Text("There is a newer version of this badge.", "此徽章已有更新的版本。")


class TooManyBadges(Conflict):
    code = "too-many-badges"
    title = Text("No more badges can be live at once.", "同时生效的徽章已达上限。")


class AwardRevoked(Conflict):
    code = "award-revoked"
    title = Text("This badge was taken back already.", "此徽章已被收回。")

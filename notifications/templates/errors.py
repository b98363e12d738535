"""Refusals of templates."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class TemplateUnknown(NotFound):
    code = "message-template-unknown"
    title = Text("There is no such template.", "没有该模板。")


class TemplateCodeTaken(Conflict):
    code = "message-template-code-taken"
    title = Text("A template of this code exists already.", "已存在使用此代码的模板。")


class TemplateNotDraft(Conflict):
    code = "message-template-not-draft"
    title = Text("This version is published already.", "此版本已发布。")


class TemplateSuperseded(Conflict):
    code = "message-template-superseded"
    title = Text("There is a newer version of this template.", "此模板已有更新的版本。")

"""What the pages of benefit packs say to staff."""

from backend.kit.texts import Text

PACKS = {
    "title": Text("Benefit packs", "权益包"),
    "about": Text(
        "Benefits that are offered together, month by month, within a budget; never cash. A"
        " version counts once another person has published it.",
        "按月在预算内组合提供的权益，绝非现金。新版本须由另一人发布后生效。",
    ),
    "pack": Text("Pack", "权益包"),
    "created": Text("Begun", "创建时间"),
    "version": Text("Version", "版本"),
    "month": Text("From month", "起始月份"),
    "budget": Text("Budget, in grants", "预算（份）"),
    "used": Text("Used", "已用"),
    "state": Text("State", "状态"),
    "draft": Text("Waits for a second person", "待另一人发布"),
    "published": Text("Published", "已发布"),
    "for_whom": Text("For whom", "适用对象"),
    "everybody": Text("everybody in the programme", "计划全体成员"),
    "audience": Text("For whom, as a condition", "适用对象（条件）"),
    "audience_hint": Text(
        "As docs/facts.md tells it. Empty: everybody.", "写法见 docs/facts.md；留空为全部。"
    ),
    "items": Text("What is in it", "包含权益"),
    "item": Text("Benefit", "权益"),
    "kind": Text("Kind", "类别"),
    "text": Text("Words", "文字"),
    "days": Text("May be taken up for, in days", "可领取天数"),
    "proof": Text("Needs proof", "需要证明"),
    "none": Text("none", "无"),
    "name": Text("Name", "名称"),
    "description": Text("About it", "说明"),
    "english": Text("English", "英文"),
    "chinese": Text("Chinese", "中文"),
    "edit": Text("Write the next version", "编写新版本"),
    "write": Text("Keep as a draft", "保存为草稿"),
    "written": Text("Kept. It waits for another person.", "已保存，等待另一人发布。"),
    "publish": Text("Publish", "发布"),
    "done": Text("Published.", "已发布。"),
    "trial": Text("Borrowers whom it is for today", "当前适用人数"),
    "trial_grants": Text("Grants that would take", "将发放份数"),
    "empty": Text("There is no pack yet.", "暂无权益包。"),
    "no_version": Text("It has no version yet.", "尚无版本。"),
}

"""What the pages of badges say to staff."""

from backend.kit.texts import Text
from rewards.badges.rules import Repeats

BADGES = {
    "title": Text("Badges", "徽章"),
    "about": Text(
        "For a word that was kept. A badge never speaks of arrears, and a version counts once"
        " another person has published it.",
        "表彰守约。徽章绝不提及欠款；新版本须由另一人发布后生效。",
    ),
    "code": Text("Badge", "徽章代码"),
    "live": Text("In force", "生效版本"),
    "newest": Text("Newest", "最新版本"),
    "state": Text("State", "状态"),
    "waits": Text("Waits for a second person", "待另一人发布"),
    "in_force": Text("In force", "已生效"),
    "retired": Text("Retired", "已停用"),
    "holders": Text("Held by", "持有人数"),
    "version": Text("Version", "版本"),
    "picture": Text("Picture", "图案"),
    "repeats": Text("How often", "可获得次数"),
    "name": Text("Name", "名称"),
    "description": Text("What it says", "说明"),
    "how_to_earn": Text("How it is earned", "获得方式"),
    "counters": Text("Counts up to", "累计目标"),
    "fact": Text("Fact", "事实"),
    "goal": Text("Goal", "目标"),
    "condition": Text("Condition", "条件"),
    "condition_hint": Text(
        "As the interface has it; docs/facts.md tells the language. Leave it for none.",
        "使用接口的条件语言，见 docs/facts.md；无条件请留空。",
    ),
    "english": Text("English", "英文"),
    "chinese": Text("Chinese", "中文"),
    "note": Text("What changed, and why", "修改内容与原因"),
    "edit": Text("Write the next version", "编写新版本"),
    "new": Text("A new badge", "新徽章"),
    "new_code": Text("Code", "代码"),
    "new_code_hint": Text("2 to 40 of a-z, 0-9 and _.", "2 至 40 个 a-z、0-9 或 _。"),
    "write": Text("Keep as a draft", "保存为草稿"),
    "count": Text("Count whom it would reach", "统计可获得人数"),
    "reached": Text("Enrolled borrowers who would have it now", "当前可获得的计划成员"),
    "publish": Text("Publish", "发布"),
    "retire": Text("Retire", "停用"),
    "retire_about": Text(
        "Nobody is given it any more; who holds it keeps it.", "不再发放；已获得者保留。"
    ),
    "written": Text("Kept. It waits for another person.", "已保存，等待另一人发布。"),
    "published": Text("Published.", "已发布。"),
    "gone": Text("Retired.", "已停用。"),
    "as_seen": Text("As she sees it", "借款人所见"),
    "none": Text("none", "无"),
}
REPEATS = {
    Repeats.NEVER: Text("Once", "一次"),
    Repeats.YEARLY: Text("Once a year", "每年一次"),
}
PICTURES = {
    "house": Text("House", "房屋"),
    "rings": Text("Rings", "圆环"),
    "shield": Text("Shield", "盾牌"),
    "sprout": Text("Sprout", "嫩芽"),
    "steps": Text("Steps", "台阶"),
    "sun": Text("Sun", "太阳"),
}

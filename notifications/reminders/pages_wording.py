"""What the page of the reminder plan says to staff."""

from backend.kit.texts import Text

PLAN = {
    "title": Text("Reminder plan", "提醒计划"),
    "about": Text(
        "When borrowers are reminded, and in which wording. Nothing is sent at night, never more"
        " than three times in seven days, and a share is left out by lot to measure the others by.",
        "何时提醒、使用何种文案。夜间不发送，七天内最多三次，并随机保留一部分不提醒以便比较效果。",
    ),
    "version": Text("Version", "版本"),
    "in_force": Text("In force", "生效中"),
    "waits": Text("Waits for a second person", "待另一人发布"),
    "older": Text("Earlier", "历史版本"),
    "stages": Text("Stages", "提醒阶段"),
    "stage": Text("Stage", "阶段"),
    "days": Text("Days after the due day", "到期日后天数"),
    "days_hint": Text("Before it: a minus sign.", "到期日前请用负数。"),
    "standard": Text("Wording", "标准文案"),
    "gentle": Text("Gentle wording", "温和文案"),
    "keep_days": Text("May wait, in days", "可延后天数"),
    "gentle_tiers": Text("Tiers with the gentle wording", "使用温和文案的分层"),
    "send_from": Text("Sent from", "发送起"),
    "send_until": Text("Sent until", "发送止"),
    "holdout": Text("Left out by lot, per cent", "随机不提醒比例（%）"),
    "note": Text("What changed, and why", "修改内容与原因"),
    "edit": Text("Write the next version", "编写新版本"),
    "none": Text("(no stage)", "（无此阶段）"),
    "write": Text("Keep as the next version", "保存为新版本"),
    "publish": Text("Publish", "发布"),
    "written": Text("Kept. It waits for another person.", "已保存，等待另一人发布。"),
    "published": Text("Published. It counts from the next run on.", "已发布，自下次运行起生效。"),
    "words": Text("Words of messages", "消息文案"),
}

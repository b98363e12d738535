"""What the pages of messages say to staff."""

from backend.events.contacts import Purpose
from backend.kit.texts import Text

TEMPLATES = {
    "title": Text("Words of messages", "消息文案"),
    "about": Text(
        "What borrowers read, in both languages. A new version counts once another person has"
        " published it; what is in an inbox keeps its own words.",
        "借款人看到的文字，均有中英文两种。新版本须由另一人发布后生效；已在收件箱的消息保持原文。",
    ),
    "code": Text("Template", "模板"),
    "purpose": Text("For", "用途"),
    "live": Text("In force", "生效版本"),
    "newest": Text("Newest", "最新版本"),
    "state": Text("State", "状态"),
    "waits": Text("Waits for a second person", "待另一人发布"),
    "in_force": Text("In force", "已生效"),
    "nothing_live": Text("Not in force yet", "尚未生效"),
    "version": Text("Version", "版本"),
    "variables": Text("Placeholders", "占位符"),
    "variables_about": Text(
        "Write {name} where its value belongs, and [[ ]] around what is left out without it."
        " Lock screens, text messages and mail show no value.",
        "在需要显示数值处写 {name}；用 [[ ]] 括住无值时省略的部分。锁屏、短信与邮件不显示数值。",
    ),
    "words": Text("Words", "文字"),
    "english": Text("English", "英文"),
    "chinese": Text("Chinese", "中文"),
    "note": Text("What changed, and why", "修改内容与原因"),
    "write": Text("Keep as the next version", "保存为新版本"),
    "preview": Text("Preview and check the words", "预览并检查文字"),
    "phone": Text("On her phone", "手机预览"),
    "fine": Text("Nothing stands against these words.", "文字检查未发现问题。"),
    "publish": Text("Publish", "发布"),
    "publish_about": Text(
        "From then on messages are worded by it.", "发布后，新消息将使用此文案。"
    ),
    "written": Text("Kept. It waits for another person.", "已保存，等待另一人发布。"),
    "published": Text("Published.", "已发布。"),
    "lock_screen": Text("Lock screen", "锁屏"),
    "inbox": Text("Inbox", "收件箱"),
    "sms": Text("Text message", "短信"),
    "sms_parts": Text("Messages", "条数"),
    "mail": Text("Mail", "邮件"),
}
FIELD_NAMES = {
    "title": Text("Title", "标题"),
    "body": Text("Message", "正文"),
    "action": Text("Button", "按钮"),
    "sms": Text("Text message", "短信"),
    "email_subject": Text("Subject of a mail", "邮件主题"),
    "email_body": Text("Mail", "邮件正文"),
}
PURPOSES = {
    Purpose.SECURITY: Text("Security", "安全"),
    Purpose.RECEIPT: Text("Receipt", "回执"),
    Purpose.PLAN: Text("Plan", "还款方案"),
    Purpose.REMINDER: Text("Reminder", "还款提醒"),
    Purpose.REWARD: Text("Reward", "奖励"),
    Purpose.COMMUNITY: Text("Community", "社区"),
    Purpose.GREETING: Text("Greeting", "问候"),
    Purpose.MARKETING: Text("Marketing", "营销"),
}

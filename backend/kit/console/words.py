"""What the frame itself says."""

from backend.kit.texts import Text

WORDS: dict[str, Text] = {
    "skip": Text("Skip to the content", "跳到正文"),
    "menu": Text("Menu", "菜单"),
    "close": Text("Close the menu", "关闭菜单"),
    "account": Text("Your account", "我的账户"),
    "log_out": Text("Log out", "退出登录"),
    "language": Text("Language", "语言"),
    "theme": Text("Colours", "配色"),
    "theme_auto": Text("As the device", "跟随系统"),
    "theme_light": Text("Light", "浅色"),
    "theme_dark": Text("Dark", "深色"),
    "apply": Text("Apply", "应用"),
    "demo": Text("Demo: nothing here is real.", "演示环境：此处内容均非真实数据。"),
    "next_page": Text("Next page", "下一页"),
    "first_page": Text("First page", "第一页"),
    "back": Text("Back to the console", "返回工作台"),
    "problem": Text("This could not be done", "操作未完成"),
    "reasons": Text("Why", "原因"),
    "would_change": Text("What would change it", "如何改变"),
    "request": Text("Number of this request", "请求编号"),
    "figures": Text("The figures as a table", "以表格查看数据"),
    "no_data": Text("No figures yet", "暂无数据"),
    "required": Text("required", "必填"),
    "optional": Text("optional", "选填"),
    "error": Text("Not right", "有误"),
    "none": Text("-", "无"),
    "done": Text("Done", "完成"),
    "yes": Text("Yes", "是"),
    "no": Text("No", "否"),
}

"""Words of the overview."""

from backend.kit.texts import Text

TITLE = Text("The programme in figures", "项目数据总览")
OTHERS = Text("Others", "其他")
SPANS = {
    "30": Text("30 days", "30 天"),
    "90": Text("90 days, by week", "90 天（按周）"),
    "365": Text("A year, by week", "一年（按周）"),
}
WORDS = {
    "span": Text("Show", "显示范围"),
    "show": Text("Show", "显示"),
    "counted": Text("Counted {at}, once an hour.", "统计于 {at}，每小时一次。"),
    "nothing_yet": Text(
        "Nothing is counted yet. The first figures come within the hour; the job is metrics-daily.",
        "尚无统计数据。首批数据将在一小时内生成（任务 metrics-daily）。",
    ),
    "by_week": Text("{title}, by week", "{title}（按周）"),
    "now": Text("As it stands", "当前"),
    "no_parts": Text("Nothing", "无"),
    "all": Text("All", "合计"),
    "waits": Text("How long people wait for us", "等待时长"),
    "waits_about": Text(
        "The longest wait in each state or queue, as it was when this was counted.",
        "统计时各状态或队列中的最长等待。",
    ),
    "what": Text("What", "项目"),
    "part": Text("Where", "位置"),
    "number": Text("Number", "数值"),
}

"""Wishes on four days of the year. They ask for nothing and speak of nothing else."""

from backend.events.contacts import Purpose
from backend.kit.texts import Text
from notifications.templates.shipped.neutral import worded
from notifications.templates.words import Action, Template

_LOOK = Text("See what is new", "看看有什么新内容")


def _greeting(name: str, title: Text, body: Text) -> Template:
    return Template(
        code=f"greeting.{name}",
        purpose=Purpose.GREETING,
        words=worded(Purpose.GREETING, title=title, body=body, action=_LOOK),
        action_code=Action.SEE_REWARDS,
    )


GREETINGS = (
    _greeting(
        "birthday",
        Text("Happy birthday", "生日快乐"),
        Text(
            "Today is your day. All of us wish you a good year, with health, and with people "
            "around you who are glad that you are there.",
            "今天是您的日子。我们祝您新的一岁身体健康，身边总有温暖的人陪伴。",
        ),
    ),
    _greeting(
        "spring_festival",
        Text("Happy Spring Festival", "新春快乐"),
        Text(
            "A new year begins. We wish you and those dear to you peace, health and good days "
            "together.",
            "新的一年开始了。祝您和您牵挂的人平安健康，阖家团圆，万事顺意。",
        ),
    ),
    _greeting(
        "mid_autumn",
        Text("A good Mid-Autumn Festival", "中秋快乐"),
        Text(
            "The moon is full tonight. We wish you an evening in good company, near or far.",
            "今夜月圆。愿您与牵挂的人共赏明月，无论远近，都安好如意。",
        ),
    ),
    _greeting(
        "new_year",
        Text("Happy New Year", "元旦快乐"),
        Text(
            "Thank you for the year behind us. May the new one be kind to you.",
            "感谢您过去一年的信任。愿新的一年善待您，事事顺心。",
        ),
    ),
)

"""The topics that ship. A code never changes; a topic that is retired stays readable."""

from dataclasses import dataclass
from enum import StrEnum

from backend.kit.texts import Text


class Topic(StrEnum):
    """What a thread is about."""

    FIRST_STEPS = "first_steps"
    TALKING_TO_THE_LENDER = "talking_to_the_lender"
    PLANS = "plans"
    BUDGET = "budget"
    WORK = "work"
    FAMILY = "family"
    HEALTH = "health"
    STORIES = "stories"
    ABOUT_THIS_APP = "about_this_app"


@dataclass(frozen=True)
class About:
    """A topic as a reader sees it."""

    name: Text
    about: Text


TOPICS: dict[Topic, About] = {
    Topic.FIRST_STEPS: About(
        Text("First steps", "第一步"),
        Text("Where to begin when it all feels too much.", "感到无从下手时，可以从哪里开始。"),
    ),
    Topic.TALKING_TO_THE_LENDER: About(
        Text("Talking to the lender", "与机构沟通"),
        Text("How others asked, and what came of it.", "别人是怎样开口的，结果如何。"),
    ),
    Topic.PLANS: About(
        Text("Repayment plans", "还款安排"),
        Text("Living with a plan, week by week.", "按计划一步步往前走。"),
    ),
    Topic.BUDGET: About(
        Text("Everyday money", "日常开支"),
        Text("Small ways to make ends meet.", "让日子过得去的小办法。"),
    ),
    Topic.WORK: About(
        Text("Work and income", "工作与收入"),
        Text("Finding work, changing work, irregular pay.", "找工作、换工作、收入不稳定。"),
    ),
    Topic.FAMILY: About(
        Text("Family and friends", "家人与朋友"),
        Text("Whom to tell, and how.", "告诉谁，怎么说。"),
    ),
    Topic.HEALTH: About(
        Text("Sleep and worry", "睡眠与担忧"),
        Text("Looking after yourself meanwhile.", "这段时间也要照顾好自己。"),
    ),
    Topic.STORIES: About(
        Text("Stories", "过来人的故事"),
        Text("From people who made it through.", "来自走过来的人。"),
    ),
    Topic.ABOUT_THIS_APP: About(
        Text("About this app", "关于本应用"),
        Text("Questions about what is where.", "功能在哪里、怎么用。"),
    ),
}

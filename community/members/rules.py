"""Handles: two friendly words and a number, drawn by chance, readable in both languages.

48 x 48 words and numbers up to six digits: 2 billion of them. Nothing in one can be a name: the
words are ours. None speaks of money, of winning or losing, or of a look.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

HANDLE_DAYS_MIN = 90
BLOCKS_MAX = 1_000
DIGITS_FIRST = 4
DIGITS_MAX = 6

QUALITIES = {
    "amber": "琥珀", "autumn": "秋日", "azure": "蔚蓝", "bright": "明亮", "calm": "安静",
    "clear": "清澈", "cloudy": "云间", "coastal": "海岸", "copper": "铜色", "coral": "珊瑚",
    "crisp": "清爽", "dawn": "黎明", "distant": "远方", "early": "清早", "emerald": "翠绿",
    "evening": "傍晚", "first": "最初", "forest": "林间", "fresh": "清新", "gentle": "温和",
    "golden": "金色", "green": "青绿", "harbor": "港湾", "hidden": "隐秘", "honest": "诚恳",
    "island": "海岛", "ivory": "象牙", "jade": "碧玉", "kind": "友善", "lunar": "月光",
    "meadow": "草原", "mellow": "醇和", "misty": "薄雾", "morning": "早晨", "mountain": "山中",
    "northern": "北方", "patient": "耐心", "quiet": "宁静", "rainy": "雨中", "river": "河畔",
    "silver": "银色", "snowy": "雪中", "southern": "南方", "spring": "春日", "steady": "沉稳",
    "summer": "夏日", "sunny": "晴朗", "violet": "紫色",
}  # fmt: skip
THINGS = {
    "acorn": "橡果", "alder": "桤木", "badger": "獾", "bamboo": "竹子", "beacon": "灯塔",
    "birch": "白桦", "bridge": "小桥", "brook": "小溪", "cedar": "雪松", "clover": "三叶草",
    "comet": "彗星", "crane": "白鹤", "cricket": "蟋蟀", "dolphin": "海豚", "egret": "白鹭",
    "falcon": "猎鹰", "fern": "蕨", "finch": "雀", "garden": "花园", "ginkgo": "银杏",
    "heron": "苍鹭", "ivy": "常春藤", "kite": "风筝", "lantern": "灯笼", "lark": "云雀",
    "lotus": "莲", "magpie": "喜鹊", "maple": "枫树", "mulberry": "桑树", "orchid": "兰花",
    "osprey": "鱼鹰", "otter": "水獭", "panda": "熊猫", "pebble": "卵石", "pine": "松树",
    "plum": "梅", "poplar": "白杨", "robin": "知更鸟", "sail": "帆", "sparrow": "麻雀",
    "swallow": "燕子", "teapot": "茶壶", "tiger": "老虎", "tulip": "郁金香", "valley": "山谷",
    "walnut": "核桃", "willow": "柳树", "wren": "鹪鹩",
}  # fmt: skip


def draw_handle(below: Callable[[int], int], *, tries: int) -> str:
    """A handle by chance; `below(n)` is a random number under n. Later tries have more digits."""
    digits = min(DIGITS_FIRST + tries, DIGITS_MAX)
    low = 10 ** (digits - 1)
    quality = sorted(QUALITIES)[below(len(QUALITIES))]
    thing = sorted(THINGS)[below(len(THINGS))]
    return f"{quality}-{thing}-{low + below(9 * low)}"


def name_of(handle: str, *, in_chinese: bool) -> str:
    """The handle as a reader of that language sees it."""
    quality, thing, number = handle.split("-")
    if in_chinese:
        return f"{QUALITIES[quality]}的{THINGS[thing]} {number}"
    return f"{quality.capitalize()} {thing.capitalize()} {number}"


def may_draw_again(*, since_at: datetime, handles_drawn: int, now: datetime) -> datetime | None:
    """From when on she may draw another handle; None where she may now. The second one is free."""
    if handles_drawn == 1:
        return None
    free_at = since_at + timedelta(days=HANDLE_DAYS_MIN)
    return None if now >= free_at else free_at

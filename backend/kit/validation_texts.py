"""What is said of one wrong field: the parser's English and ours, and the same in Chinese."""

import re

from backend.kit.texts import Text

# marshmallow's words, and ours, in Chinese. What is not here stays in English.
_CHINESE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"^Missing data for required field\.$", "此项为必填项。"),
        (r"^Unknown field\.$", "没有这个字段。"),
        (r"^Field may not be null\.$", "此项不能为空。"),
        (r"^Not a valid string\.$", "应为文本。"),
        (r"^Not a valid integer\.$", "应为整数。"),
        (r"^Not a valid boolean\.$", "应为 true 或 false。"),
        (r"^Not a valid date\.$", "应为日期，例如 2026-11-23。"),
        (r"^Not a valid (?:aware )?datetime\.$", "应为带时区的时间。"),
        (r"^Not a valid UUID\.$", "应为 UUID。"),
        (r"^Not a valid list\.$", "应为列表。"),
        (r"^Not a valid mapping type\.$", "应为对象。"),
        (r"^(?:Must be an object|Invalid input type)\.$", "应为对象。"),
        (r"^Must be one of: (.*)\.$", r"应为以下之一：\1。"),
        (r"^Must be greater than or equal to (\S+) and less than or equal to (\S+)\.$",
         r"应在 \1 与 \2 之间。"),
        (r"^Length must be between (\d+) and (\d+)\.$", r"长度应在 \1 与 \2 之间。"),
        (r"^Must not hold control characters\.$", "不能含有控制字符。"),
        (r"^Must be an IANA time zone, .*$", "应为 IANA 时区，例如 Asia/Shanghai。"),
        (r"^Must be an ISO 4217 code\.$", "应为 ISO 4217 货币代码。"),
        (r"^Must be a decimal string .*$", "应为小数文本，例如 \"0.1200\"。"),
        (r"^Must lie between (\S+) and (\S+)\.$", r"应在 \1 与 \2 之间。"),
        (r"^Is missing\.$|^A value is missing\.$", "缺少此项。"),
        (r"^There is no such fact\.$", "没有这个事实。"),
        (r"^There is no such operation\.$", "没有这种运算。"),
        (r"^No such fact has been declared\.$", "尚未声明这个事实。"),
        (r"^Must be a list\.$", "应为列表。"),
        (r"^Must be a list of two values\.$", "应为两个值的列表。"),
        (r"^Must be a list of 1 to (\d+) (?:items|values)\.$", r"应为含 1 至 \1 项的列表。"),
        (r"^The first value must not be above the second\.$", "第一个值不能大于第二个。"),
        (r"^This operation takes no value\.$", "此运算不带值。"),
        (r"^A condition may have at most (\d+) parts\.$", r"一个条件最多含 \1 个部分。"),
        (r"^Conditions may be nested at most (\d+) deep\.$", r"条件最多嵌套 \1 层。"),
        (r"^A \S+ fact has no order to compare by\.$", "这类事实没有大小可比。"),
        (r"^Must be a value of a (\S+) fact\.$", r"应为 \1 类型的值。"),
        (r"^Must be of type (\S+)\.$", r"应为 \1 类型。"),
        (r"^Must be a whole number from (\S+) to (\S+)\.$", r"应为 \1 至 \2 的整数。"),
        (r"^Must be a whole number\.$", "应为整数。"),
        (r"^Must be 1 to (\d+) characters\.$", r"应为 1 至 \1 个字符。"),
        (r"^Must be 1 to (\d+) days from today\.$", r"应在今天起 1 至 \1 天之内。"),
        (r"^The only braces are those of \{goal\}\.$", "花括号只能用于 {goal}。"),
        (r"^Only a roll-out may include the control group\.$", "只有推广时才能包含对照组。"),
        (r"^Bounds must rise from band to band\.$", "各档的界限应逐档递增。"),
        (r"^Is used by an earlier tier\.$", "前面的等级已使用。"),
        (r"^The live policy has no such tier\.$", "现行政策没有这个等级。"),
        (r"^Must not lie in the future\.$", "不能是将来的日期。"),
        (r"^Must not lie before (\S+)\.$", r"不能早于 \1。"),
        (r"^Must not lie after (\S+)\.$", r"不能晚于 \1。"),
        (r"^Each number may occur once\.$", "每个期号只能出现一次。"),
        (r"^Due days must follow the numbers\.$", "到期日应与期号顺序一致。"),
        (r"^The instalments repay more principal than the loan has\.$",
         "各期本金之和超过贷款本金。"),
        (r"^No instalment is due on this day\.$", "这一天没有到期的分期。"),
        (r"^This instalment is paid already\.$", "这一期已经还清。"),
        (r"^Must lie after the instalment before it\.$", "应晚于上一期的到期日。"),
        (r"^Must be another day\.$", "应为另一天。"),
        (r"^Another rate begins on the same day\.$", "同一天已有另一个利率生效。"),
        (r"^Must not lie before the start\.$", "不能早于开始日。"),
        (r"^Lies before the loan was paid out\.$", "早于放款日。"),
        (r"^Overlaps another pause\.$", "与另一段停息期重叠。"),
        (r"^There are not so many instalments left\.$", "剩余期数不足。"),
        (r"^One of these instalments is paid or skipped\.$", "其中有分期已还款或已跳过。"),
        (r"^Must not lie before the re-ageing\.$", "不能早于重新分期之日。"),
        (r"^Lies outside the term of the loan\.$", "不在贷款期限之内。"),
        (r"^A schedule may have at most (\d+) instalments\.$", r"还款计划最多 \1 期。"),
        (r"^The loan is paid off by then\.$", "届时贷款已经结清。"),
        (r"^Must be at least (\d+): (\d+) for each instalment\.$",
         r"至少应为 \1，即每期至少 \2。"),
        (r"^Must lie after the day of disbursement\.$", "应晚于放款日。"),
        (r"^Must leave at least one instalment\.$", "至少应留下一期。"),
        (r"^Must be less than (\d+)\.$", r"应小于 \1。"),
        (r"^Must be at most (\d+)\.$", r"不能大于 \1。"),
        (r"^The last instalment would lie too far ahead\.$", "最后一期的日期太远。"),
        (r"^This kind of change has no such field\.$", "这种变更没有这个字段。"),
        (r"^Not a phone number that can exist\.$", "这不是有效的电话号码。"),
        (r"^Must be printable, without a slash\.$", "应为可打印字符，且不含斜杠。"),
        (r"^Must be a month: 2026-11\.$", "应为月份，例如 2026-11。"),
        (r"^Not a cursor of this list\.$", "不是此列表的游标。"),
        (r"^Invalid value\.$", "值无效。"),
    )
)  # fmt: skip


def in_both(detail: str) -> Text:
    """A validation message in both languages."""
    for pattern, chinese in _CHINESE:
        if pattern.match(detail):
            return Text(detail, pattern.sub(chinese, detail))
    return Text(detail, detail)

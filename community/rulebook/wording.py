"""What the rules and their modes are called, for those who lead."""

from backend.kit.texts import Text
from community.detectors.rules import Mode

MODES: dict[Mode, Text] = {
    Mode.SHADOW: Text("Shadow", "静默"),
    Mode.FLAG: Text("Flag", "标记"),
    Mode.HOLD: Text("Hold", "暂扣"),
    Mode.BLOCK: Text("Block", "拦截"),
}
MODE_HINTS: dict[Mode, Text] = {
    Mode.SHADOW: Text("It is counted, and shown to nobody.", "只计数，不向任何人显示。"),
    Mode.FLAG: Text("It is shown, and nothing is stopped.", "显示提示，不阻止发布。"),
    Mode.HOLD: Text("A moderator looks before it is published.", "发布前由管理员查看。"),
    Mode.BLOCK: Text(
        "What is certain is refused, what is suspected is held.", "确定的予以拒绝，疑似的暂扣。"
    ),
}
RULES: dict[str, Text] = {
    "pii.phone": Text("Phone numbers", "电话号码"),
    "pii.resident_id": Text("Identity numbers", "证件号码"),
    "pii.card": Text("Card numbers", "卡号"),
    "pii.email": Text("E-mail addresses", "电子邮箱"),
    "pii.messaging_id": Text("Messengers", "聊天账号"),
    "contact.link": Text("Links", "链接"),
    "banned.debt_rescue": Text("Sellers of help with debts", "收费代办债务"),
    "banned.loan": Text("Offers of loans", "贷款推介"),
    "banned.gambling": Text("Games of chance", "博彩"),
    "banned.doxxing": Text("Others' private life", "他人隐私"),
    "spam.prize": Text("Prizes and windfalls", "中奖诱导"),
    "spam.repetition": Text("The same again and again", "重复内容"),
    "offensive.slur": Text("Slurs", "侮辱性称呼"),
    "offensive.insult": Text("Insults", "辱骂"),
    "offensive.rude": Text("Rude words", "粗话"),
    "crisis.self_harm": Text("Words of despair", "流露绝望"),
}
LABELS: dict[str, Text] = {
    "life": Text(
        "A rule lives in shadow first, then flags, then holds, then blocks.",
        "规则先静默，再标记，再暂扣，最后拦截。",
    ),
    "proof": Text(
        "It comes to hold or block by itself once moderators agreed with {share} of at least"
        " {reviewed} findings; or when a lead says why all the same.",
        "至少经 {reviewed} 次审核且准确率达到 {share}，方可暂扣或拦截；否则须由主管说明理由。",
    ),
    "rule": Text("Rule", "规则"),
    "mode": Text("Mode", "模式"),
    "ships_as": Text("ships as", "出厂为"),
    "hits": Text("Texts found", "命中内容数"),
    "right": Text("Moderators agreed", "管理员同意"),
    "wrong": Text("They did not", "管理员不同意"),
    "precision": Text("Precision", "准确率"),
    "too_few": Text("too few decisions yet", "审核次数尚少"),
    "move": Text("Move the rule", "更改模式"),
    "now": Text("now", "当前"),
    "to_mode": Text("To the mode", "改为"),
    "reason": Text("Why", "理由"),
    "without_proof": Text("Stop posts although it is not proven", "尽管准确率不足仍要拦截"),
    "without_proof_hint": Text(
        "Your reason is kept, and everybody who leads can read it.",
        "理由会被保存，各主管均可查看。",
    ),
    "fixed": Text("This rule stays in its mode.", "该规则的模式固定不变。"),
    "changes": Text("Who moved it, and why", "模式变更记录"),
    "when": Text("When", "时间"),
    "on_proof": Text("On its figures", "依据数据"),
    "as_shipped": Text("Nobody has moved it: it is as it ships.", "尚无变更，保持出厂模式。"),
    "all": Text("All rules", "所有规则"),
}

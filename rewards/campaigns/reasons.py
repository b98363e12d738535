"""Why a check stands in the way, in the marketer's words."""

from backend.kit.texts import Text

CHECK_NAMES = {
    "P1": Text("Nothing like cash", "不得变相发放现金"),
    "P2": Text("No reward for borrowing", "不得奖励借款"),
    "P3": Text("No reward for paying above what was agreed", "不得奖励超额还款"),
    "P4": Text("No reward for giving up a right", "不得以放弃权利换取奖励"),
    "P5": Text("No protected attribute", "不得使用受保护属性"),
    "P6": Text("Messages keep to the contact rules", "消息须遵守联系规则"),
    "P7": Text("No public ranking", "不得公开排名"),
    "P8": Text("A finite budget", "预算须有上限"),
    "P9": Text("A group to compare with", "须有足够的对照组"),
    "P10": Text("At most 12 months", "最长 12 个月"),
}

REASONS = {
    "cash": Text(
        "Rewards are never cash. Give points, a badge or a benefit.",
        "奖励不得是现金。请改用积分、徽章或权益。",
    ),
    "voucher": Text(
        "A voucher given by a campaign is as good as money. Vouchers for one merchant and named"
        " goods are in the catalogue, for points.",
        "活动直接发放的代金券等同现金。限定商户与商品的兑换券请放入积分商城。",
    ),
    "loan_balance": Text(
        "Nothing may be redeemable for what is owed. A waiver has its own procedure.",
        "奖励不得抵扣欠款。减免须走专门流程。",
    ),
    "rate_discount": Text(
        "A lower rate comes from the Good Faith Guard alone.", "利率优惠只能由诚信守护产生。"
    ),
    "limit_increase": Text(
        "A higher limit comes from the Good Faith Guard alone.", "提高额度只能由诚信守护产生。"
    ),
    "referral_bonus": Text(
        "Referrals are rewarded by their own rule alone.", "推荐奖励只能由推荐规则产生。"
    ),
    "public_ranking": Text(
        "People who owe money are never ranked in public.", "不得对借款人进行公开排名。"
    ),
    "benefit": Text(
        "Not a benefit that a campaign may give: money and waivers have their own procedures.",
        "活动不得发放此项权益：资金与减免须走专门流程。",
    ),
    "badge": Text("There is no live badge of this code.", "没有使用此代码的生效徽章。"),
    "said": Text(
        "The text promises something like cash. Say what it is: points, a badge, a benefit.",
        "文字像是在承诺现金。请写明实际奖励：积分、徽章或权益。",
    ),
    "said_ranking": Text(
        "The text speaks of a ranking. Speak to each person of her own way alone.",
        "文字提到了排名。请只谈她自己的进展。",
    ),
    "trigger_P2": Text(
        "Borrowing, drawing, a higher limit and referrals may not be what starts a reward.",
        "借款、支用、提额与推荐不得触发奖励。",
    ),
    "trigger_P3": Text(
        "Paying above what was agreed may not be what starts a reward.", "超额还款不得触发奖励。"
    ),
    "trigger_P4": Text(
        "Dropping a complaint or a dispute, allowing messages and posting may not be what starts a"
        " reward.",
        "撤回投诉或异议、同意接收消息、发帖不得触发奖励。",
    ),
    "fact_P2": Text(
        "“{fact}” would make the reward depend on borrowing.", "“{fact}”会使奖励取决于借款。"
    ),
    "fact_P3": Text(
        "“{fact}” would make the reward depend on paying above what was agreed.",
        "“{fact}”会使奖励取决于超额还款。",
    ),
    "fact_P4": Text(
        "“{fact}” would make the reward depend on giving up a right, on allowing messages or on"
        " posting.",
        "“{fact}”会使奖励取决于放弃权利、同意接收消息或发帖。",
    ),
    "fact_P5": Text(
        "“{fact}” is a protected attribute, or stands for one.", "“{fact}”是受保护属性，或其替代。"
    ),
    "fact_P7": Text("“{fact}” compares people with each other.", "“{fact}”把人与人相互比较。"),
    "referral": Text(
        "Referrals are rewarded by their own rule alone.", "推荐奖励只能由推荐规则产生。"
    ),
    "messages": Text(
        "“{fact}” is unknown to those who switched messages off: the reward would depend on"
        " allowing them.",
        "对关闭消息的人而言“{fact}”未知：奖励会取决于是否允许消息。",
    ),
    "more_owed": Text(
        "“{fact}” above this would reward having borrowed more.",
        "要求“{fact}”更高，等于奖励多借款。",
    ),
    "paid_down": Text(
        "As a condition, “{fact}” would reward paying above what was agreed. It may be part of who"
        " takes part.",
        "以“{fact}”为条件等于奖励超额还款。它可用于参与人群。",
    ),
    "purpose": Text(
        "A campaign's message has the purpose “reward”: each person can switch it off, and the"
        " contact rules keep its hours.",
        "活动消息的用途只能是“reward”：本人可关闭，时段遵守联系规则。",
    ),
    "budget": Text(
        "Without a total the budget has no end. Limit the points, or the awards where all cost the"
        " same.",
        "没有总额，预算就没有尽头。请限定总积分；若每次奖励相同，也可限定总次数。",
    ),
    "holdout": Text(
        "Fewer than 5 % are held out: the effect could not be told from chance.",
        "对照组不足 5%，无法分辨效果与偶然。",
    ),
    "length": Text(
        "It runs longer than 12 months. Plan a shorter one and renew it by what it showed.",
        "活动超过 12 个月。请缩短，并依据效果再续。",
    ),
}

"""What notices call a benefit."""

from backend.kit.texts import Text

BENEFITS = {
    "fee_waiver": Text("Penalty interest is waived for you", "已为您减免罚息"),
    "rate_discount": Text("A better rate on your next loan", "下一笔贷款利率优惠"),
    "limit_increase": Text("A higher limit, if you want it", "可选的额度提升"),
    "priority_service": Text("Priority service", "优先服务"),
    "training_referral": Text("A place in a training course", "培训名额"),
    "aid_referral": Text("An introduction to an aid partner", "援助机构转介"),
    "education_pack": Text("Learning material", "学习资料"),
    "health_consult": Text("A health consultation", "健康咨询"),
}

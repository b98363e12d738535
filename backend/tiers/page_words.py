"""Words of the policy's pages."""

from backend.kit.texts import Text

TITLE = Text("Tier policies", "等级规则")
MODES = {
    "all": Text("all of these hold", "以下全部满足"),
    "any": Text("one of these holds", "以下满足其一"),
    "none": Text("none of these holds", "以下均不满足"),
    "not_all": Text("not all of these hold", "以下未全部满足"),
}
JOINTS = {
    "any": Text("one of these groups holds", "满足任一组"),
    "all": Text("all of these groups hold", "满足所有组"),
}
ATTRIBUTES = {
    "sex": Text("Sex", "性别"),
    "age_band": Text("Age band", "年龄段"),
    "education": Text("Education", "学历"),
    "marital_status": Text("Marital status", "婚姻状况"),
}
WORDS = {
    "about": Text(
        "A policy says who comes into which tier. One person writes a draft and tries it on"
        " everybody, another publishes it; the next night re-tiers all.",
        "等级规则决定客户进入哪个等级。一人起草并对全体客户试算，另一人发布；次日凌晨全体重新评定。",
    ),
    "versions": Text("Versions, newest first", "版本（最新在前）"),
    "version": Text("Version", "版本"),
    "version_n": Text("Version {n}", "版本 {n}"),
    "state": Text("State", "状态"),
    "live": Text("Live", "生效中"),
    "draft": Text("Draft", "草稿"),
    "published": Text("Published before", "曾发布"),
    "note": Text("Note", "说明"),
    "note_hint": Text(
        "What changes, and why: for whoever publishes it.", "改了什么、为什么，供发布人查阅。"
    ),
    "created": Text("Written at", "起草时间"),
    "published_at": Text("Published at", "发布时间"),
    "author": Text("Written by", "起草人"),
    "publisher": Text("Published by", "发布人"),
    "you": Text("you", "您本人"),
    "shipped": Text("shipped with the product", "随产品提供"),
    "write": Text("Change the live policy", "修改现行规则"),
    "from_this": Text("Write a new version from this one", "以此版本起草新版本"),
    "reading": Text("What it says", "规则内容"),
    "against": Text("Compare with version", "与版本对比"),
    "compare": Text("Compare", "对比"),
    "changes": Text("What changes from version {n}", "相对版本 {n} 的变化"),
    "no_changes": Text("They say the same.", "两个版本内容一致。"),
    "gone": Text("Gone:", "删除："),
    "new": Text("New:", "新增："),
    "document": Text("The document", "规则文档"),
    "publish": Text("Publish this version", "发布此版本"),
    "publish_about": Text(
        "It becomes the live policy at once. Everybody is looked at by it in the night; until then,"
        " whoever has an event.",
        "发布后立即成为现行规则；夜间对全体客户重新评定，在此之前有事件的客户即时评定。",
    ),
    "own_draft": Text(
        "You wrote this draft: somebody else publishes it.", "这是您起草的版本，须由他人发布。"
    ),
    "is_published": Text("Version {n} is live.", "版本 {n} 已生效。"),
    "is_saved": Text(
        "Draft {n} is kept. Somebody else publishes it.", "草稿 {n} 已保存，须由他人发布。"
    ),
    "runs": Text("Nightly runs", "夜间评定"),
    "run_on": Text("Day", "日期"),
    "evaluated": Text("Records written", "写入记录"),
    "moved": Text("Moved", "变动人数"),
    "seconds": Text("Seconds", "耗时（秒）"),
    "running": Text("under way", "进行中"),
    "no_runs": Text("No run yet.", "尚无评定记录。"),
    "editor": Text("Write a tier policy", "编写等级规则"),
    "sentences": Text("Edit in sentences", "按语句编辑"),
    "as_document": Text("Edit the document (JSON)", "编辑文档（JSON）"),
    "document_hint": Text(
        "For experts: the policy as `POST /v1/tier-policies` takes it. Every fault is named.",
        "供专业人员使用：与 `POST /v1/tier-policies` 的格式相同，每处错误都会指明位置。",
    ),
    "grace": Text("Days of grace before a worse tier counts", "降级宽限天数"),
    "scores": Text("Scores", "评分"),
    "scores_about": Text(
        "Each score runs from 0 to 100: where it starts, and what each fact adds.",
        "每项评分 0 至 100：起始分加各事实得分。",
    ),
    "base": Text("Starts at", "起始分"),
    "fact": Text("Fact", "事实"),
    "unknown": Text("Points if not known", "未知时得分"),
    "bound": Text("Below, or equal to", "低于 / 等于"),
    "else": Text("Everything else", "其余"),
    "points": Text("Points", "得分"),
    "band": Text("Band", "区间"),
    "add_band": Text("Add a band", "添加区间"),
    "add_part": Text("Add a fact", "添加事实"),
    "add_score": Text("Add the score", "添加评分"),
    "remove": Text("Remove", "移除"),
    "remove_group": Text("Remove the group", "移除此组"),
    "raise": Text("Move up", "上移"),
    "tiers": Text("Tiers, in the order in which they are tried", "等级（按判定顺序）"),
    "tiers_about": Text(
        "The first whose condition holds wins. The last one takes everybody else.",
        "首个满足条件的等级生效，最后一个收纳其余所有人。",
    ),
    "tier_n": Text("Tier {n}", "等级 {n}"),
    "code": Text("Internal code", "内部代码"),
    "code_hint": Text("For staff alone; she never reads it.", "仅内部使用，客户不可见。"),
    "rank": Text("Rank (higher is better)", "级别（越高越好）"),
    "public_code": Text("Public code", "对外代码"),
    "name_en": Text("Name she reads, English", "对外名称（英文）"),
    "name_zh": Text("Name she reads, Chinese", "对外名称（中文）"),
    "about_en": Text("What it means for her, English", "对外说明（英文）"),
    "about_zh": Text("What it means for her, Chinese", "对外说明（中文）"),
    "when": Text("Who comes into it", "进入条件"),
    "everybody": Text("Everybody who is left.", "其余所有人。"),
    "group_n": Text("Group {n}", "第 {n} 组"),
    "joint": Text("Holds when", "成立条件"),
    "mode": Text("In this group", "组内关系"),
    "condition_n": Text("Condition {n}", "条件 {n}"),
    "op": Text("How", "比较方式"),
    "value": Text("Value", "值"),
    "value_hint": Text(
        "Several with commas between; yes or no for what is so or not.",
        "多个值用逗号分隔；是非类填“是”或“否”。",
    ),
    "raw": Text("A condition nested deeper than this form shows (JSON)", "嵌套较深的条件（JSON）"),
    "or_unknown": Text("or not known", "或未知"),
    "add_condition": Text("Add a condition", "添加条件"),
    "add_group": Text("Add a group", "添加一组"),
    "add_tier": Text("Add a tier", "添加等级"),
    "try": Text("Try it on everybody", "对全体客户试算"),
    "try_about": Text(
        "Nothing of the policy is stored. That you see ten borrowers is written down, as any look.",
        "试算不保存规则；查看样本客户会记入访问记录。",
    ),
    "save": Text("Keep as a draft", "保存为草稿"),
    "product": Text("Only this product (leave empty for everybody)", "仅限产品（留空为全部）"),
    "result": Text("What it would do", "试算结果"),
    "result_about": Text(
        "Raw outcomes, before grace, freezes and tiers set by hand, among {n} borrowers.",
        "未计宽限、冻结与人工设定的原始结果，共 {n} 位客户。",
    ),
    "took": Text("Tried in {n} seconds.", "试算用时 {n} 秒。"),
    "counts": Text("Borrowers by tier", "各等级客户数"),
    "tier": Text("Tier", "等级"),
    "borrowers": Text("Borrowers", "客户数"),
    "share": Text("Share", "占比"),
    "live_now": Text("Live policy", "现行规则"),
    "this": Text("This policy", "本规则"),
    "matrix": Text(
        "From (live policy, rows) to (this policy, columns)", "由现行规则（行）到本规则（列）"
    ),
    "stay": Text("Stay", "不变"),
    "fairness": Text("Fairness: who gets which tier", "公平性：各群体获得的等级"),
    "fairness_about": Text(
        "A group's rate over that of all others, with a 95 % interval. Below 0.80 or above 1.25 is"
        " worth a look. Cells under 30 are not told.",
        "群体比率与其余群体之比及 95% 区间；低于 0.80 或高于 1.25 值得关注。少于 30 人不显示。",
    ),
    "no_attributes": Text("No protected attributes are known.", "无受保护属性数据。"),
    "group": Text("Group", "群体"),
    "rate": Text("Rate", "比率"),
    "ratio": Text("Against all others", "相对其余群体"),
    "too_few": Text("too few to tell", "人数过少"),
    "samples": Text("Ten borrowers, those who would move first", "十位样本客户（变动者优先）"),
    "scores_are": Text("Scores", "评分"),
    "reasons": Text("Why, in her words", "原因（客户可读）"),
    "not_json": Text(
        "This is not JSON: line {line}, column {column}.",
        "不是有效的 JSON：第 {line} 行第 {column} 列。",
    ),
    "back": Text("All versions", "全部版本"),
}

"""What the pages of the catalogue say to staff."""

from backend.kit.texts import Text
from rewards.catalogue.rules import Kind, State

CATALOGUE = {
    "title": Text("Catalogue", "兑换目录"),
    "about": Text(
        "What points are exchanged for, never cash. Borrowers see what is on the shelf.",
        "积分可兑换的内容，绝非现金。借款人只看到已上架的商品。",
    ),
    "item": Text("Article", "商品"),
    "kind": Text("Kind", "类别"),
    "price": Text("Points", "积分"),
    "stock": Text("Left, of", "剩余 / 总数"),
    "stock_all": Text("In all, what is taken included", "总数（含已兑换）"),
    "stock_hint": Text("Empty: enough for everybody.", "留空表示不限量。"),
    "by_codes": Text("A voucher's stock is its codes.", "兑换券的库存即其券码数量。"),
    "enough": Text("enough for all", "不限量"),
    "state": Text("State", "状态"),
    "code": Text("Code", "代码"),
    "code_hint": Text("2 to 40 of a-z, 0-9 and _.", "2 至 40 个 a-z、0-9 或 _。"),
    "name": Text("Name", "名称"),
    "description": Text("About it", "说明"),
    "terms": Text("Particulars", "细则"),
    "limit": Text("For each borrower, at most", "每人上限"),
    "audience": Text("For whom", "适用对象"),
    "audience_hint": Text(
        "A condition as docs/facts.md tells it. Empty: everybody.",
        "条件写法见 docs/facts.md；留空为全部。",
    ),
    "english": Text("English", "英文"),
    "chinese": Text("Chinese", "中文"),
    "new": Text("A new article", "新商品"),
    "edit": Text("Change it", "修改"),
    "write": Text("Keep", "保存"),
    "written": Text("Kept.", "已保存。"),
    "none": Text("Nothing is here.", "暂无内容。"),
    "redemptions": Text("To fulfil", "待履约兑换"),
    "redemptions_about": Text(
        "What borrowers exchanged points for, the oldest first. Each look is logged.",
        "借款人的兑换申请，最早的在前。每次查看均有记录。",
    ),
    "asked": Text("Asked", "申请时间"),
    "until": Text("Goes back on", "到期退回"),
    "quantity": Text("How many", "数量"),
    "do": Text("What to do", "操作"),
    "tracking": Text("Tracking number", "物流单号"),
    "moved": Text("Done.", "已完成。"),
    "show": Text("Show", "查看"),
}
KINDS = {
    Kind.VOUCHER: Text("Voucher", "兑换券"),
    Kind.PHYSICAL_GIFT: Text("Gift that is sent", "实物礼品"),
    Kind.LESSON: Text("Lesson", "课程"),
    Kind.DONATION: Text("Donation", "公益捐赠"),
}
TERM_NAMES = {
    "merchant": Text("Merchant", "商户"),
    "goods": Text("Goods", "商品内容"),
    "title": Text("Title", "标题"),
    "url": Text("Address (https)", "地址（https）"),
    "recipient": Text("Recipient", "受赠方"),
    "purpose": Text("Purpose", "用途"),
}
ITEM_STATES = {
    "draft": Text("Draft", "草稿"),
    "live": Text("On the shelf", "已上架"),
    "retired": Text("Taken off", "已下架"),
}
STAGES = {
    State.REQUESTED: Text("Asked for", "已申请"),
    State.CONFIRMED: Text("Confirmed", "已确认"),
    State.ISSUED: Text("Issued", "已发放"),
    State.SHIPPED: Text("Sent", "已寄出"),
    State.COMPLETED: Text("Done", "已完成"),
    State.CANCELLED: Text("Cancelled", "已取消"),
    State.FAILED: Text("Failed", "未能完成"),
}
STEPS = {
    State.CONFIRMED: Text("Confirm", "确认"),
    State.SHIPPED: Text("Sent it", "已寄出"),
    State.COMPLETED: Text("Complete", "完成"),
    State.FAILED: Text("Give the points back", "退回积分"),
}

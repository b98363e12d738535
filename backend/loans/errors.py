"""The refusals of loans."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class LoanUnknown(NotFound):
    code = "loan-unknown"
    title = Text("No loan has this id.", "没有此编号的贷款。")


class PaymentUnknown(NotFound):
    code = "payment-unknown"
    title = Text("No payment has this id.", "没有此编号的还款。")


class BorrowerUnknown(NotFound):
    code = "borrower-unknown"
    title = Text("No borrower has this id.", "没有此编号的借款人。")


class LoanDiffers(Conflict):
    code = "loan-differs"
    title = Text(
        "A loan keeps its kind, borrower and currency.", "贷款的类型、借款人和币种不能更改。"
    )


class PaymentDiffers(Conflict):
    code = "payment-differs"
    title = Text("Another payment was stored under this id.", "此编号下已有另一笔还款。")


class AdjustmentDiffers(Conflict):
    code = "adjustment-differs"
    title = Text("Another adjustment was stored under this id.", "此编号下已有另一笔调整。")


class PaymentAlreadyReversed(Conflict):
    code = "payment-already-reversed"
    title = Text("This payment was reversed for another reason.", "此还款已因其他原因被撤销。")


class WaiverPeriodTaken(Conflict):
    code = "waiver-period-taken"
    title = Text("This loan already has a waiver for that month.", "该贷款在当月已有一次减免。")


class NotRevolving(Conflict):
    code = "not-revolving"
    title = Text("Only a revolving account has statements.", "只有循环账户才有账单。")


class NotInstallment(Conflict):
    code = "not-installment"
    title = Text("Only an installment loan has a schedule.", "只有分期贷款才有还款计划。")

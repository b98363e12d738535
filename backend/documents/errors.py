"""Refusals of documents. Each says what would help."""

from backend.kit.problems import Conflict, Invalid, NotFound, TooLarge, Unavailable
from backend.kit.texts import Text


class DocumentUnknown(NotFound):
    code = "document-unknown"
    title = Text("There is no such document.", "没有这份材料。")


class DocumentTooLarge(TooLarge):
    code = "document-too-large"
    title = Text(
        "A file may have 10 MB. A smaller photo, or fewer pages, will do.",
        "单个文件最大 10 MB。请上传较小的照片或减少页数。",
    )


class DocumentNotRead(Invalid):
    code = "document-not-read"
    title = Text(
        "We read PDF, JPEG and PNG, and this file is none of them or is damaged. A photo of the"
        " paper is enough.",
        "我们支持 PDF、JPEG 和 PNG 格式；该文件不属于这些格式或已损坏。拍一张照片即可。",
    )


class PictureTooLarge(Invalid):
    code = "picture-too-large"
    title = Text(
        "The picture has more than 40 million pixels. A photo of ordinary size is enough.",
        "图片超过 4000 万像素。普通尺寸的照片即可。",
    )


class PdfLocked(Invalid):
    code = "pdf-locked"
    title = Text(
        "The PDF is locked by a password. Save it without one, or send a photo of it.",
        "该 PDF 已加密。请保存为无密码的文件，或拍照上传。",
    )


class PdfActive(Invalid):
    code = "pdf-active"
    title = Text(
        "The PDF holds scripts, forms that send, or files besides its pages. Print it to a new"
        " PDF, or send a photo of it.",
        "该 PDF 除页面外还含有脚本、可提交的表单或附件。请打印为新的 PDF，或拍照上传。",
    )


class PdfTooLong(Invalid):
    code = "pdf-too-long"
    title = Text(
        "The PDF has more than 100 pages or too many parts. Send the pages that matter.",
        "该 PDF 超过 100 页或内容过于复杂。请只发送相关页面。",
    )


class DocumentsBusy(Unavailable):
    """Others' files are being looked at."""

    code = "documents-busy"
    title = Text(
        "Many files are coming in. Please send yours again in a moment.",
        "当前上传较多，请稍后再次提交。",
    )


class DocumentLimit(Conflict):
    code = "document-limit"
    title = Text(
        "You may have 20 documents waiting and 100 MB in all. Take back one that is not needed, or"
        " wait until some are checked.",
        "待核实的材料最多 20 份，总计不超过 100 MB。请撤回不需要的材料，或等待部分核实完成。",
    )


class DocumentSentBefore(Conflict):
    code = "document-sent-before"
    title = Text(
        "You sent this file before, as another kind of document. You need not send it again.",
        "您之前已将此文件作为其他类型的材料提交，无需再次提交。",
    )


class DocumentConsentNeeded(Conflict):
    code = "document-consent-needed"
    title = Text(
        "For a proof of this kind we need your separate consent first (sensitive_documents). First"
        " relief for such reasons needs no proof.",
        "提交此类材料前需要您的单独同意（sensitive_documents）。因此类原因申请的首次帮助无需证明。",
    )


class DocumentInUse(Conflict):
    code = "document-in-use"
    title = Text(
        "This document belongs to a request that somebody works on, so it stays for now.",
        "这份材料属于正在处理的申请，暂时需要保留。",
    )


class DocumentNotShown(Conflict):
    """The scan decides; it is tried again by itself."""

    code = "document-not-shown"
    title = Text(
        "This document has not passed the scan for malware and cannot be opened.",
        "这份材料尚未通过安全扫描，暂时无法打开。",
    )


class DocumentMoveRefused(Conflict):
    code = "document-not-open"
    title = Text(
        "The state of this document does not allow that.", "这份材料当前的状态不允许此操作。"
    )


class SuspicionUnknown(NotFound):
    code = "document-suspicion-unknown"
    title = Text("There is no such question about a document.", "没有这项材料疑问。")


class SuspicionDecided(Conflict):
    code = "document-suspicion-decided"
    title = Text("This question has been decided.", "该疑问已有结论。")


class ReplyNotOpen(Conflict):
    code = "document-reply-not-open"
    title = Text(
        "Nothing is asked about this document, or you have answered already.",
        "这份材料没有待您答复的疑问，或您已答复。",
    )


class ReplyTimeRunning(Conflict):
    code = "document-reply-time-running"
    title = Text(
        "She may still answer: it is decided after her answer or the end of her 14 days.",
        "对方仍可答复：须在其答复后或 14 天期满后再作决定。",
    )

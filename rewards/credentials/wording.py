"""What the page of a badge says to whoever was given its address."""

from backend.kit.texts import Text

PAGE = {
    "language": Text("中文", "English"),
    "picture": Text("The badge", "徽章"),
    "valid": Text("Signed and valid", "已签名，有效"),
    "signed_on_label": Text("Signed on", "签发日期"),
    "issuer": Text("Issuer", "发行方"),
    "keep": Text("Take it with you", "保存"),
    "download": Text("Download the credential (JSON)", "下载凭证（JSON）"),
    "download_picture": Text(
        "Download the picture with the credential in it (SVG)", "下载内含凭证的图片（SVG）"
    ),
    "check": Text("Check it yourself", "自行验证"),
    "how": Text(
        "The credential is an Open Badges 3.0 document with a digital signature. Any verifier for"
        " Open Badges 3.0 can read it, from the file or from the picture.",
        "该凭证是带有数字签名的 Open Badges 3.0 文件。任何支持 Open Badges 3.0 的验证工具都可以读取"
        "文件或图片进行验证。",
    ),
    "here_label": Text("Or have it checked here:", "也可以在这里验证："),
    "key": Text("The issuer's public keys", "发行方公钥"),
    "about": Text(
        "This page shows a badge and does not say whose it is. Its holder opened it and can close"
        " it at any time.",
        "此页面只展示徽章，不透露持有人是谁。页面由持有人开启，并可随时关闭。",
    ),
}
GONE = {
    "language": Text("中文", "English"),
    "title": Text("No badge is shown here", "此处没有展示的徽章"),
    "about": Text(
        "Its holder may have closed the page. If you need it, ask for a new address.",
        "持有人可能已关闭此页面。如有需要，请向对方索取新的地址。",
    ),
}

"""What the message with a code says, and what the demo's page of messages says around it."""

from backend.kit.texts import Text

# No word of a debt: others may see the screen.
CODE_MESSAGE = Text(
    "Hello! {code} is your Goodfaith log-in code. It works for 5 minutes. "
    "We never ask for this code.",
    "您好！您的 Goodfaith 登录验证码是 {code}，5 分钟内有效。我们绝不会向您索要此验证码。",
)

# The demo's page of messages.
PAGE = {
    "title": Text("Messages of the demo", "演示环境的短信"),
    "about": Text(
        "Here is what the demo would send to telephones. Nothing leaves this machine, and this "
        "page is shown on this machine alone.",
        "这里是演示环境本应发往手机的短信。任何内容都不会离开本机，本页面也只在本机显示。",
    ),
    "again": Text("Look again", "刷新"),
    "latest": Text("Latest messages", "最新短信"),
    "to": Text("To", "收件号码"),
    "sent": Text("Sent", "发送时间"),
    "code": Text("Code", "验证码"),
    "words": Text("Message", "内容"),
    "none": Text(
        "No message in the last 24 hours. A number that belongs to nobody is sent nothing.",
        "最近 24 小时内没有短信。不属于任何借款人的号码不会收到短信。",
    ),
    "how": Text("How to log in", "如何登录"),
    "limits": Text(
        "A code works once, for 5 minutes and 5 tries. A number can be sent 5 codes an hour.",
        "验证码 5 分钟内有效，仅可使用一次，最多可输入 5 次。每个号码每小时最多获取 5 个验证码。",
    ),
}
STEPS = (
    (
        Text(
            "Ask for a code with a demo borrower's number. The answer holds a challenge_id.",
            "用演示借款人的号码获取验证码，返回结果中有 challenge_id。",
        ),
        """curl -s {host}/v1/auth/otp \\
  -H "Content-Type: application/json" \\
  -d '{"phone": "+1 202 555 0105"}'""",
    ),
    (Text("Look again at this page for the code.", "刷新本页面查看验证码。"), ""),
    (
        Text(
            "Send both. The answer holds an access token and a refresh token.",
            "提交两者，返回结果中有访问令牌和刷新令牌。",
        ),
        """curl -s {host}/v1/auth/otp/verify \\
  -H "Content-Type: application/json" \\
  -d '{"challenge_id": "...", "code": "......"}'""",
    ),
)

# The console's page of log-in.
LOG_IN = {
    "title": Text("Log in to the console", "登录工作台"),
    "email": Text("E-mail address", "邮箱"),
    "password": Text("Password", "密码"),
    "totp": Text("Code of your app", "验证器中的验证码"),
    "totp_hint": Text(
        "Six digits, from the app on your telephone.", "手机验证器应用中显示的六位数字。"
    ),
    "recovery": Text("No telephone at hand? Use a recovery code", "手机不在身边？使用恢复码"),
    "recovery_code": Text("Recovery code", "恢复码"),
    "recovery_hint": Text(
        "Each works once. Leave the code of your app empty.",
        "每个恢复码只能使用一次。使用时请将验证码留空。",
    ),
    "enter": Text("Log in", "登录"),
    "sso": Text("Log in with your company's account", "使用公司账号登录"),
    "invited": Text("You have an enrolment code? Set up your account", "有注册码？设置您的账户"),
    "demo": Text("Demo: addresses, passwords and codes", "演示环境：邮箱、密码与验证码"),
}

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

# One's own account in the console.
ACCOUNT = {
    "title": Text("Your account", "我的账户"),
    "email": Text("Address", "邮箱"),
    "last": Text("Last log-in", "最近登录"),
    "codes": Text("Recovery codes left", "剩余恢复码"),
    "roles": Text("Your roles", "您的角色"),
    "permissions": Text("What they open", "对应的权限"),
    "sessions": Text("Where you are logged in", "登录中的设备"),
    "where": Text("Program", "程序"),
    "since": Text("Since", "登录时间"),
    "used": Text("Last used", "最近使用"),
    "act": Text("What to do", "操作"),
    "this": Text("this one", "当前"),
    "end": Text("Log out there", "在该处退出"),
    "end_others": Text("Log out everywhere else", "退出所有其他设备"),
    "ended": Text("That session has ended.", "该会话已结束。"),
    "others_ended": Text("All your other sessions have ended.", "您的其他会话均已结束。"),
    "password": Text("Change the password", "修改密码"),
    "password_about": Text("Your other sessions end with it.", "修改后，您的其他会话将结束。"),
    "old": Text("Present password", "当前密码"),
    "new": Text("New password", "新密码"),
    "new_about": Text(
        "12 characters at least; several words are easier to remember.",
        "至少 12 个字符；由几个词组成更易记住。",
    ),
    "totp": Text("Code of your app", "验证器中的验证码"),
    "change": Text("Change the password", "修改密码"),
    "changed": Text("The new password counts from now on.", "新密码已生效。"),
}

# Setting up an account in the console.
ENROL = {
    "title": Text("Set up your account", "设置您的账户"),
    "about": Text(
        "Your administrator gave you an enrolment code. It works once, for 72 hours.",
        "管理员已向您提供注册码。注册码仅可使用一次，72 小时内有效。",
    ),
    "email": Text("E-mail address", "邮箱"),
    "code": Text("Enrolment code", "注册码"),
    "password": Text("Choose a password", "设置密码"),
    "password_about": Text(
        "12 characters at least; several words are easier to remember.",
        "至少 12 个字符；由几个词组成更易记住。",
    ),
    "on": Text("Go on", "继续"),
    "second_title": Text("Your second factor", "第二验证因素"),
    "secret_about": Text(
        "Put this secret into the app on your telephone. It is shown this once.",
        "请将此密钥录入手机验证器应用。密钥仅显示这一次。",
    ),
    "secret": Text("Secret", "密钥"),
    "codes_about": Text(
        "Keep these recovery codes apart from your telephone. Each opens the account once.",
        "请将以下恢复码与手机分开保存。每个恢复码可使用一次。",
    ),
    "codes": Text("Recovery codes", "恢复码"),
    "first": Text("First code of your app", "验证器显示的首个验证码"),
    "finish": Text("Finish", "完成"),
    "done": Text("Your account is ready. Please log in.", "账户已就绪，请登录。"),
    "enter": Text("Log in", "登录"),
}

# The demo's page of staff.
DEMO_STAFF = {
    "title": Text("Who can log in to the demo's console", "演示工作台的登录账户"),
    "about": Text(
        "One colleague in each role, two where four eyes are needed. A code works for half a "
        "minute, and once; look again for the next. This page is shown on this machine alone.",
        "每个角色各有一位同事；需双人复核的角色有两位。每个验证码有效半分钟，仅可使用一次，刷新可查看"
        "下一个。本页面只在本机显示。",
    ),
    "password": Text("Password of all of them", "统一密码"),
    "role": Text("Role", "角色"),
    "email": Text("Address", "邮箱"),
    "code": Text("Code of this moment", "当前验证码"),
    "enter": Text("Log in", "登录"),
    "again": Text("Look again", "刷新"),
    "none": Text(
        "Nobody has enrolled: this demo was filled by an older version. Begin a new one in an "
        "empty DATA_DIR.",
        "暂无已注册的账户：此演示数据由旧版本生成，请使用空的 DATA_DIR 重新开始。",
    ),
}

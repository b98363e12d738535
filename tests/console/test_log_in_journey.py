"""Coming in and going out, in a real browser."""


def test_a_colleague_logs_in_by_password_and_code_and_leaves_again(desk, console_server):
    page = desk.of("admin")
    assert page.locator("h1").inner_text() == "What waits for you"
    desk.look(page, "home")
    desk.look(page, "home", dark=True)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/console/log-in")
    page.go_back()
    page.goto("/console/jobs")
    assert "/console/log-in?next=" in page.url
    desk.look(page, "log-in")

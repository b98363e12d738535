"""The frame around every page: language, colours, menu, headers."""


def test_home(console_client):
    me = console_client("marketer")
    answer = me.get("/console")
    assert answer.status_code == 200
    assert "What waits for you" in answer.text

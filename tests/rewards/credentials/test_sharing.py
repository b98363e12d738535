"""A page that a holder opens and closes: for whoever has its address, and for nobody else."""

from backend.kit import rate_limit
from rewards.credentials import audit
from tests.rewards.credentials.conftest import BASE


def test_a_page_is_opened_by_its_holder_alone_and_once(holder):
    share = f"{holder.path}/share"
    assert holder.api.put(share).json["code"] == "credential-unknown"
    document = holder.issue()
    assert holder.api.get(share).json["code"] == "credential-share-unknown"
    opened = holder.api.put(share)
    assert opened.json["url"].startswith(f"{BASE}/shared-badges/")
    assert holder.api.put(share).json == holder.api.get(share).json == opened.json
    # Neither address leads to the other.
    page, own = (each.rpartition("/")[2] for each in (opened.json["url"], document["id"]))
    assert holder.public.get(f"/shared-badges/{own}").status_code == 404
    assert holder.public.get(f"/credentials/{page}").status_code == 404


def test_closed_it_is_gone_and_opened_again_it_is_elsewhere(holder, session):
    document = holder.issue()
    first = holder.share()
    assert holder.api.delete(f"{holder.path}/share").status_code == 204
    again = holder.api.delete(f"{holder.path}/share")
    assert (again.status_code, again.json["code"]) == (404, "credential-share-unknown")
    for path in (first, f"{first}/picture.svg", f"{first}/credential.json"):
        assert holder.public.get(path).status_code == 404
    # The credential itself is as valid as before.
    assert holder.read(document["id"]).json == document
    second = holder.share()
    assert second != first
    assert holder.public.get(first).status_code == 404
    assert holder.public.get(second).status_code == 200
    assert list(audit.check_credentials(session)) == []


def test_a_reader_chooses_the_language(holder):
    holder.issue()
    page = holder.share()
    for asked, lang, name in (("en", None, "Six in a row"), ("en", "zh-CN", "六次守约"),
                              ("zh-TW", None, "六次守约"), ("zh-CN", "en", "Six in a row"),
                              ("en", "<b>", "Six in a row")):  # fmt: skip
        answer = holder.public.get(
            page, headers={"Accept-Language": asked}, query_string={"lang": lang} if lang else {}
        )
        assert f"<h1>{name}</h1>" in answer.text
        assert "<b>" not in answer.text


def test_pages_are_counted_as_every_public_address_is(holder, app, process):
    holder.issue()
    page = holder.share()
    few = dict(process.settings.requests_per_minute) | {rate_limit.PUBLIC.name: 2}
    rate_limit.configure(url=None, per_minute=few)
    try:
        statuses = [holder.public.get(page).status_code for _ in range(6)]
    finally:
        rate_limit.configure(url=None, per_minute=process.settings.requests_per_minute)
    assert 200 in statuses
    assert statuses[-1] == 429

"""The list of campaigns, one campaign from draft to end, and what people do with it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy import Row
from sqlalchemy.orm import Session

from backend.kit import clock, console
from backend.kit.audience import caller, permits
from backend.kit.console import Area, Entry
from backend.kit.db import reading
from backend.kit.http import locale
from backend.kit.problems import FieldError, Invalid, Problem
from backend.kit.texts import Text
from rewards.campaigns import page_forms, queries, replay, requests, service, view
from rewards.campaigns.page_words import DONE, SHOW
from rewards.campaigns.rules import State, VersionState
from rewards.campaigns.schemas import (
    CampaignApproveSchema,
    CampaignPageArgs,
    CampaignReadSchema,
    CampaignRejectSchema,
)
from rewards.campaigns.wording import REPLAY_STATES, STATES, TONES, VERSION_STATES

HOME = "/console/campaigns"
ONE = "/<uuid:campaign_id>"

blp = console.page_blueprint(
    "campaigns",
    __name__,
    url_prefix=HOME,
    permission="campaigns.read",
    menu=(Entry(Area.MARKETING, SHOW["list"], HOME, order=10),),
)

Act = Callable[[Session], None]


@blp.get("")
def index() -> Response:
    args = page_forms.query_of(CampaignPageArgs)
    with reading() as session:
        page = queries.page_campaigns(session, args=args)
    kept = f"state={args['state']}&" if args["state"] else ""
    return console.render(
        "campaigns/list.html",
        title=SHOW["list"],
        rows=page.items,
        chosen=args["state"],
        next_url=f"{HOME}?{kept}cursor={page.next_cursor}" if page.next_cursor else None,
        first_url=f"{HOME}?{kept.rstrip('&')}" if args["cursor"] else None,
        say=SHOW,
        states={str(each): name for each, name in STATES.items()},
        tones=TONES,
        may_author="campaigns.author" in console.signed_in().permissions,
    )


@blp.get(ONE)
def show(campaign_id: UUID) -> Response:
    with reading() as session:
        return _shown(session, campaign_id)


@blp.post(f"{ONE}/replay")
@permits("campaigns.author")
def ask_replay(campaign_id: UUID) -> Response:
    asked = console.fields_of(page_forms.CampaignMonthsSchema)
    made: list[UUID] = []

    def act(session: Session) -> None:
        row = queries.get_campaign(session, campaign_id=campaign_id)
        found = requests.ask_replay(
            session,
            campaign_id=campaign_id,
            number=row.newest_version,
            **page_forms.days_of(asked["months"], now=clock.now()),
            requested_by=caller().id,
            now=clock.now(),
        )
        made.append(found.id)

    console.once(act)
    here = f"{HOME}/{campaign_id}"
    return console.done(f"{here}/replays/{made[0]}" if made else here, DONE["replay"])


@blp.post(f"{ONE}/submit")
@permits("campaigns.author")
def submit(campaign_id: UUID) -> Response:
    def act(session: Session) -> None:
        said = console.fields_of(page_forms.CampaignSubmitFormSchema)
        waivers = [
            {"check": check, "reason": reason}
            for check, reason in (("P9", said["waive_p9"]), ("P10", said["waive_p10"]))
            if reason
        ]
        service.submit(
            session,
            campaign_id=campaign_id,
            number=said["version"],
            document_hash=said["document_hash"],
            waivers=waivers,
            submitter_id=caller().id,
            now=clock.now(),
        )

    return _act(campaign_id, "submit", act)


@blp.post(f"{ONE}/approve")
@permits("campaigns.publish", is_four_eyes=True)
def approve(campaign_id: UUID) -> Response:
    def act(session: Session) -> None:
        service.approve(
            session,
            campaign_id=campaign_id,
            approval=requests.approval_of(console.fields_of(CampaignApproveSchema)),
            approver_id=caller().id,
            now=clock.now(),
        )

    return _act(campaign_id, "approve", act)


@blp.post(f"{ONE}/reject")
@permits("campaigns.publish", is_four_eyes=True)
def reject(campaign_id: UUID) -> Response:
    def act(session: Session) -> None:
        said = console.fields_of(CampaignRejectSchema)
        service.reject(
            session,
            campaign_id=campaign_id,
            number=said["version"],
            note=said["note"],
            approver_id=caller().id,
            now=clock.now(),
        )

    return _act(campaign_id, "reject", act)


@blp.post(f"{ONE}/launch")
@permits("campaigns.publish")
def launch(campaign_id: UUID) -> Response:
    def act(session: Session) -> None:
        said = console.fields_of(CampaignReadSchema)
        service.launch(
            session,
            campaign_id=campaign_id,
            number=said["version"],
            document_hash=said["document_hash"],
            launcher_id=caller().id,
            now=clock.now(),
        )

    return _act(campaign_id, "launch", act)


@blp.post(f"{ONE}/pause")
@permits("campaigns.stop")
def pause(campaign_id: UUID) -> Response:
    return _act(
        campaign_id,
        "pause",
        lambda session: service.pause(session, campaign_id=campaign_id, now=clock.now()),
    )


@blp.post(f"{ONE}/resume")
@permits("campaigns.publish")
def resume(campaign_id: UUID) -> Response:
    return _act(
        campaign_id,
        "resume",
        lambda session: service.resume(session, campaign_id=campaign_id, now=clock.now()),
    )


@blp.post(f"{ONE}/end")
@permits("campaigns.stop")
def end(campaign_id: UUID) -> Response:
    return _act(
        campaign_id,
        "end",
        lambda session: service.end(session, campaign_id=campaign_id, now=clock.now()),
    )


@blp.post(f"{ONE}/versions")
@permits("campaigns.author")
def write_version(campaign_id: UUID) -> Response:
    def act(session: Session) -> None:
        service.write_version(
            session,
            campaign_id=campaign_id,
            document=None,
            author_id=caller().id,
            now=clock.now(),
        )

    return _act(campaign_id, "versions", act)


@blp.post(f"{ONE}/discard")
@permits("campaigns.author")
def discard(campaign_id: UUID) -> Response:
    def act(session: Session) -> None:
        revision = request.form.get("revision", "")
        service.discard(
            session,
            campaign_id=campaign_id,
            revision=read if isinstance(read := console.whole(revision), int) else 0,
            now=clock.now(),
        )

    return _act(campaign_id, "discard", act)


def _act(campaign_id: UUID, name: str, act: Act) -> Response:
    """Do it once, and go back to the campaign; a refusal is shown on its page."""
    try:
        console.once(act)
    except Problem as problem:
        with reading() as session:
            return _shown(session, campaign_id, problem=problem)
    return console.done(f"{HOME}/{campaign_id}", DONE[name])


def _shown(session: Session, campaign_id: UUID, *, problem: Problem | None = None) -> Response:
    row = queries.get_campaign(session, campaign_id=campaign_id)
    newest = queries.get_version(session, campaign_id=row.id, number=row.newest_version)
    who = console.signed_in()
    replays = replay.list_of(session, campaign_id=row.id)
    fitting = [each for each in replays if replay.is_report_on(each, newest)]
    return console.render(
        "campaigns/show.html",
        title=Text.from_json(row.name),
        problem=problem,
        campaign=row,
        newest=newest,
        versions=queries.list_versions(session, campaign_id=row.id),
        replays=replays,
        fitting=fitting,
        may={name.removeprefix("campaigns."): True for name in who.permissions},
        had_a_hand=str(who.staff_id) in newest.editors,
        is_draft=newest.state == VersionState.DRAFT,
        is_fresh=newest.number != row.live_version,
        may_renew=newest.state in (VersionState.LIVE, VersionState.REJECTED, VersionState.APPROVED)
        and row.state != State.ENDED,
        replay_choices={each.id: _named(each) for each in fitting},
        replay_states=REPLAY_STATES,
        waive=lambda check: SHOW["waive"].format(check=check),
        confirm=lambda each: SHOW["confirm"].format(check=each["check"], reason=each["reason"]),
        say=SHOW,
        states=STATES,
        tones=TONES,
        version_states=VERSION_STATES,
        **_judged(session, row, newest),
    )


def _named(found: Row[Any]) -> Text:
    points = f"{found.report['cost']['points']:,}"
    days = f"{found.from_day} – {found.to_day}"  # noqa: RUF001 - a span of days
    return Text(f"{days}: {points} points", f"{days}：{points} 积分")


def _judged(session: Session, row: Row[Any], newest: Row[Any]) -> dict[str, Any]:
    lines = view.lines_of(session, newest)
    live = (
        None
        if row.live_version in (None, newest.number)
        else view.lines_of(
            session,
            queries.get_version(session, campaign_id=row.id, number=row.live_version),
        )
    )
    findings: list[dict[str, Any]] = []
    faults: list[FieldError] = []
    try:
        findings = requests.checked(session, newest.document, campaign_id=row.id, locale=locale())[
            "findings"
        ]
    except Invalid as fault:  # it names a fact that was retired since
        faults = list(fault.errors)
    return {
        "lines": lines,
        "findings": findings,
        "faults": faults,
        "differences": None if live is None else view.changed_parts(live, lines),
    }

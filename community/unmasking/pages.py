"""A lead who must help learns whose words these are; another lead reads why."""

from uuid import UUID

from flask import Response

from backend.kit import clock
from backend.kit.audience import caller
from backend.kit.console import Area, Entry, done, fields_of, page_blueprint, render
from backend.kit.problems import Problem
from backend.kit.texts import Text
from community import wall
from community.cases import service as cases
from community.unmasking import service
from community.unmasking.rules import LOOKED_AT_WITHIN
from community.unmasking.schemas import RIGHT, LookForm, UnmaskInSchema
from community.unmasking.wording import LABELS

DESK = "/console/moderation"
URL = f"{DESK}/unmaskings"

blp = page_blueprint(
    "unmasking",
    __name__,
    url_prefix=DESK,
    permission="moderation.unmask",
    menu=(Entry(Area.MODERATION, Text("Who was told a name", "身份查询复核"), URL, order=50),),
)


@blp.post("/cases/<uuid:case_id>/unmask")
def unmask(case_id: UUID) -> Response:
    """Told once, on this page: it is nowhere else, and a second person reads why."""
    form = fields_of(UnmaskInSchema)
    with wall.transaction() as session:
        case = cases.get_held(session, case_id=case_id, token=form["claim_token"], who=caller().id)
        _, borrower_id = service.unmask(
            session, case=case, staff_id=caller().id, reason=form["reason"], now=clock.now()
        )
    return render(
        "unmasking/told.html",
        title=Text("Whose words these are", "作者身份"),
        borrower_id=borrower_id,
        case_id=case_id,
        says=LABELS,
    )


@blp.get("/unmaskings")
def index() -> Response:
    """Those that wait for a second look."""
    return _index()


def _index(problem: Problem | None = None) -> Response:
    with wall.reading() as session:
        rows = service.list_open(session)
    return render(
        "unmasking/unmaskings.html",
        title=Text("Who was told a name", "身份查询复核"),
        rows=rows,
        me_id=caller().id,
        looked_at_within=LOOKED_AT_WITHIN,
        now=clock.now(),
        problem=problem,
        says=LABELS,
    )


@blp.post("/unmaskings/<uuid:unmasking_id>/look")
def look(unmasking_id: UUID) -> Response:
    """Say whether another's unmasking was right."""
    try:
        form = fields_of(LookForm)
        with wall.transaction() as session:
            service.look_at(
                session,
                unmasking_id=unmasking_id,
                staff_id=caller().id,
                was_right=form["answer"] == RIGHT,
                now=clock.now(),
            )
    except Problem as problem:
        return _index(problem)
    return done(URL, Text("Thank you. Your word is kept.", "谢谢，您的意见已记录。"))

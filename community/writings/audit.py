"""Counts beside writings equal the rows that they count."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.wiring import Audit
from community import wall

_WRONG = text(
    """
    WITH given AS (
        SELECT writing_id AS id,
               count(*) FILTER (WHERE kind = 'helpful') AS helpful,
               count(*) FILTER (WHERE kind = 'thanks') AS thanks,
               count(*) FILTER (WHERE kind = 'hug') AS hug
          FROM community.reaction GROUP BY writing_id
    ), answered AS (
        SELECT post_id AS id, count(*) AS comments
          FROM community.writing
         WHERE post_id IS NOT NULL AND state = 'published' GROUP BY post_id
    )
    SELECT w.id, w.comments AS says, coalesce(a.comments, 0) AS has,
           concat_ws(' ', w.helpful, w.thanks, w.hug) AS says_given,
           concat_ws(' ', coalesce(g.helpful, 0), coalesce(g.thanks, 0), coalesce(g.hug, 0))
               AS has_given
      FROM community.writing w LEFT JOIN given g USING (id) LEFT JOIN answered a USING (id)
     WHERE (w.comments, w.helpful, w.thanks, w.hug)
           IS DISTINCT FROM (coalesce(a.comments, 0), coalesce(g.helpful, 0),
                             coalesce(g.thanks, 0), coalesce(g.hug, 0))
     ORDER BY w.id
    """
)


def _recount(_: Session) -> Iterable[str]:
    # The auditor's own session is on the other side of the wall.
    with wall.transaction(patience_seconds=600) as session:
        for row in session.execute(_WRONG):
            yield (
                f"writing {row.id}: says {row.says} comments, has {row.has};"
                f" says {row.says_given} reactions, has {row.has_given}"
            )


AUDITS = (Audit(name="community-counts", run=_recount),)

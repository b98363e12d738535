"""A community of any size, made in the database: members, posts in both languages, threads."""

from sqlalchemy import text
from sqlalchemy.orm import Session

MEMBERS = text(
    """
    INSERT INTO community.member (id, borrower_id, handle, handle_since_at, joined_at)
    SELECT md5('member' || n)::uuid, md5('borrower' || n)::uuid, 'calm-heron-' || (100000 + n),
           :now, :now
      FROM generate_series(0, :members - 1) n
    """
)
# Every tenth post is Chinese, every thousandth speaks of a lighthouse.
POSTS = text(
    """
    INSERT INTO community.writing
           (id, author_id, kind, topic, title, body, state, content_hash, lexemes, bands, helpful,
            created_at, published_at)
    SELECT md5('post' || n)::uuid, md5('member' || (n * 7919 % :members))::uuid, 'post',
           (ARRAY['budget', 'plans', 'work', 'family', 'health', 'stories'])[1 + n * 31 % 6],
           'Number ' || n, body, 'published', sha256(body::bytea),
           to_tsvector('english', body) || CASE WHEN n % 10 = 0
               THEN array_to_tsvector(ARRAY['=还款', '=款计', '=计划', '=划']) ELSE '' END,
           ARRAY[n::bigint, n % 1000], n * 104729 % 977,
           :now - n * interval '10 seconds', :now - n * interval '10 seconds'
      FROM generate_series(CAST(:first AS bigint), :last) n,
           LATERAL (SELECT 'Today I wrote the sums on one page and called. '
               || CASE WHEN n % 10 = 0 THEN '我的还款计划。' ELSE '' END
               || CASE WHEN n % 1000 = 0 THEN 'A lighthouse. ' ELSE '' END
               || repeat('It was not as bad as I had feared, and I slept. ', 1 + (n % 3)::int)
           ) AS words(body)
    """
)
COMMENTS = text(
    """
    INSERT INTO community.writing
           (id, author_id, post_id, kind, body, state, content_hash, created_at, published_at)
    SELECT md5('comment' || n)::uuid, md5('member' || (n * 6007 % :members))::uuid,
           md5('post' || n * 13 % :posts)::uuid, 'comment', 'That helped me, too.', 'published',
           '\\x00', :now, :now
      FROM generate_series(CAST(0 AS bigint), :comments - 1) n
    """
)
REACTIONS = text(
    """
    INSERT INTO community.reaction
    SELECT md5('post' || n * 17 % :posts)::uuid, md5('member' || n * 4001 % :members)::uuid,
           'helpful', :now
      FROM generate_series(CAST(0 AS bigint), :reactions - 1) n
        ON CONFLICT DO NOTHING
    """
)
BLOCKS = text(
    """
    INSERT INTO community.block
    SELECT md5('member' || n)::uuid, md5('member' || (n + 1 + n % 50) % :members)::uuid, :now
      FROM generate_series(CAST(0 AS bigint), :members - 1) n
    """
)
FOLLOWS = text(
    """
    INSERT INTO community.topic_follow
    SELECT md5('member' || n)::uuid, topic, :now
      FROM generate_series(CAST(0 AS bigint), :members - 1) n, unnest(ARRAY['plans', 'work']) topic
    """
)
CHUNK = 100_000


def fill(session: Session, *, posts: int, members: int, now: object) -> None:
    """Half as many comments and reactions as posts; everybody follows two topics and blocks one."""
    sizes = {"posts": posts, "members": members, "now": now}
    session.execute(MEMBERS, sizes)
    for first in range(0, posts, CHUNK):
        last = min(first + CHUNK, posts) - 1
        session.execute(POSTS, sizes | {"first": first, "last": last})
    session.execute(COMMENTS, sizes | {"comments": posts // 2})
    session.execute(REACTIONS, sizes | {"reactions": posts // 2})
    session.execute(BLOCKS, sizes)
    session.execute(FOLLOWS, sizes)

from hypothesis import given
from hypothesis import strategies as st

from backend.programme.rules import Assignment, Status, draw, may_move

crowds = st.dictionaries(
    st.sampled_from(["high_risk", "stable", "potential"]),
    st.lists(st.tuples(st.uuids(), st.binary(min_size=4, max_size=4)), max_size=30),
    max_size=3,
)


@given(crowds)
def test_a_fifth_of_each_tier_is_treated_and_the_rest_is_control(candidates):
    unique = {tier: list(dict(members).items()) for tier, members in candidates.items()}
    seen: set = set()
    for tier, members in unique.items():
        unique[tier] = [pair for pair in members if pair[0] not in seen]
        seen |= {borrower for borrower, _ in members}

    assigned = draw(unique)

    for members in unique.values():
        treated = [b for b, _ in members if assigned[b] is Assignment.TREATED]
        assert len(treated) == int(len(members) / 5 + 0.5)
        last = max((h for b, h in members if b in treated), default=b"")
        assert all(h >= last for b, h in members if b not in treated)


def test_the_draw_does_not_depend_on_who_is_named_first():
    members = [(n, bytes([n * 37 % 256])) for n in range(20)]

    assert draw({"a": members}) == draw({"a": members[::-1]})


def test_a_termination_is_final_and_the_control_group_may_join_later():
    assert may_move(None, Status.ENROLLED)
    assert not may_move(None, Status.PAUSED)
    assert may_move(Status.PAUSED, Status.ENROLLED)
    assert not any(may_move(Status.TERMINATED, status) for status in Status)

"""A `Past` is a tuple that is cheap to lengthen, whatever is grown from which of its states."""

from hypothesis import given
from hypothesis import strategies as st

from arazzo_tui.engine.past import Past

MOVES = st.lists(st.tuples(st.integers(0, 10**6), st.integers(-1, 9), st.booleans()), max_size=60)


def grown(moves: list[tuple[int, int, bool]]) -> list[tuple[Past[int], tuple[int, ...]]]:
    """Pasts grown from and cut back to each other, each beside the tuple it must equal."""
    made: list[tuple[Past[int], tuple[int, ...]]] = [(Past(), ()), (Past((7, 8)), (7, 8))]
    for chosen, number, longer in moves:
        past, items = made[chosen % len(made)]
        if longer:
            made.append((past.plus(number), (*items, number)))
        else:
            made.append((past.upto(number), items[: max(number, 0)]))
    return made


@given(MOVES)
def test_every_state_stays_the_tuple_it_was(moves: list[tuple[int, int, bool]]) -> None:
    for past, items in grown(moves):
        assert tuple(past) == items
        assert len(past) == len(items)
        assert bool(past) == bool(items)
        assert [past[at] for at in range(-len(items), len(items))] == [*items, *items]
        assert tuple(reversed(past)) == items[::-1]
        assert all(item in past for item in items)


@given(MOVES, st.slices(12))
def test_it_is_sliced_as_a_tuple_is(moves: list[tuple[int, int, bool]], part: slice) -> None:
    for past, items in grown(moves):
        assert past[part] == items[part]


@given(MOVES)
def test_equal_items_make_equal_pasts(moves: list[tuple[int, int, bool]]) -> None:
    made = grown(moves)[-12:]
    for past, items in made:
        for other, its_items in made:
            assert (past == other) == (items == its_items)
            assert past != other or hash(past) == hash(other)


@given(MOVES)
def test_outside_of_it_there_is_nothing(moves: list[tuple[int, int, bool]]) -> None:
    for past, items in grown(moves):
        for index in (len(items), len(items) + 3, -len(items) - 1):
            try:
                found: object = past[index]
            except IndexError:
                found = IndexError
            assert found is IndexError


def test_it_is_no_tuple_and_shows_its_items() -> None:
    assert Past((1, 2)) != (1, 2)
    assert repr(Past((1, 2)).plus(3)) == "Past([1, 2, 3])"


def test_ten_thousand_states_share_their_items() -> None:
    past: Past[int] = Past()
    states = [past := past.plus(number) for number in range(10_000)]
    assert sum(len(each) for each in states) == 50_005_000
    assert states[4999][-1] == 4999

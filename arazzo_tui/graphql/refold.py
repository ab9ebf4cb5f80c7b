"""An edited value with its strings folded back, though items and members came, went or got other names.

`nested` folds what stands where it stood. Here the places of strings are found again after an edit; where
that cannot be done for certain the edit is refused with a sentence, for nothing else than what is meant
may be sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from arazzo_tui.graphql.nested import Copy, Fold, Unfolded, fold, is_same, packed
from arazzo_tui.language.printable import quoted_name
from arazzo_tui.language.values import Json, Missing, Pointer, follow, write_pointer

Pattern: TypeAlias = tuple[str | None, ...]
"""A pointer in which None stands for each item of an array."""


class CannotFold(ValueError):
    """Why nobody can tell which values of an edit are sent as strings; the message is a sentence."""


def refold(before: Unfolded, value: Json) -> Json:
    """An edited value with strings where there were strings: those in the items of one array alike.

    What was not edited is the very string it was. A member that got another name is known by its
    value. Raises `CannotFold` where a value could be meant as a string or as it is.
    """
    copy = Copy(value)
    _fold_renamed(before, copy)
    for pattern, folds in _patterns(before):
        places = _all_folded(before, pattern, folds)
        if places is None:
            _check_in_place(before, pattern, folds, copy.value)
        for at in tuple(_containers(copy.value, pattern)):
            mine = next((each for each in folds if each.at == at), None)
            if mine is not None or places is not None:
                copy.put(at, _text(follow(copy.value, at), mine, folds))
    return copy.value


def _patterns(before: Unfolded) -> Iterator[tuple[Pattern, list[Fold]]]:
    """The places of the folds, alike ones together, those inside others first."""
    found: dict[Pattern, list[Fold]] = {}
    for each in before.folds:
        found.setdefault(_pattern(before.value, each.at), []).append(each)
    yield from sorted(found.items(), key=lambda item: -len(item[0]))


def _pattern(value: Json, at: Pointer) -> Pattern:
    steps: list[str | None] = []
    for token in at:
        steps.append(None if _is_array(value) else token)
        value = follow(value, (token,))
    return tuple(steps)


def _is_array(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _containers(value: Json, pattern: Pattern) -> Iterator[Pointer]:
    """The places of a pattern at which a value has an object or array."""
    waiting: list[tuple[Pointer, Json]] = [((), value)]
    while waiting:
        at, here = waiting.pop()
        if len(at) == len(pattern):
            if isinstance(here, Mapping) or _is_array(here):
                yield at
            continue
        step = pattern[len(at)]
        match here:
            case Mapping() if step is not None and step in here:
                waiting.append(((*at, step), here[step]))
            case str():
                pass
            case Sequence() if step is None:
                waiting += [((*at, str(number)), each) for number, each in enumerate(here)]
            case _:
                pass


def _all_folded(
    before: Unfolded, pattern: Pattern, folds: Sequence[Fold]
) -> frozenset[Pointer] | None:
    """The places of a pattern when all of them are strings of the same layers; None when they differ."""
    folded = frozenset(each.at for each in folds)
    alike = len({each.layers for each in folds}) == 1
    return folded if alike and folded == frozenset(_containers(before.value, pattern)) else None


def _text(value: Json, mine: Fold | None, folds: Sequence[Fold]) -> str:
    """The string a value is sent as: one it was, or a new one in the same layers."""
    for each in folds if mine is None else (mine, *folds):
        if is_same(value, each.inner):
            return each.text
    return packed(value, mine or folds[0])


def _check_in_place(before: Unfolded, pattern: Pattern, folds: Sequence[Fold], after: Json) -> None:
    """Refuse an edit after which it is not known which of several values are strings."""
    then = tuple(_containers(before.value, pattern))
    now = frozenset(_containers(after, pattern))
    folded = frozenset(each.at for each in folds)
    moved = not now <= frozenset(then) or any(
        _lengths(before.value, at) != _lengths(after, at) for at in then
    )
    swapped = any(
        at != other and (at in folded) != (other in folded) and _is_now(before, other, after, at)
        for at in (now if not moved else ())
        for other in then
        if not _is_now(before, at, after, at)
    )
    if moved or swapped:
        where = quoted_name(write_pointer(tuple("*" if each is None else each for each in pattern)))
        raise CannotFold(
            f"at {where} some values are JSON in a string and some are not, and it cannot be told which "
            "the changed ones are: write what is sent as a string as that string"
        )


def _lengths(value: Json, at: Pointer) -> tuple[int, ...]:
    """How many items the arrays on a way have."""
    found: list[int] = []
    for token in at:
        if isinstance(value, Sequence) and not isinstance(value, str):
            found.append(len(value))
        try:
            value = follow(value, (token,))
        except Missing:
            break
    return tuple(found)


def _is_now(before: Unfolded, then: Pointer, after: Json, now: Pointer) -> bool:
    try:
        return is_same(_sent(before, then), follow(after, now))
    except Missing:
        return False


def _sent(before: Unfolded, at: Pointer) -> Json:
    """A value of the unfolded one, the strings inside it folded, itself not."""
    return _folded(before, at, [each for each in before.folds if len(each.at) > len(at)])


# Members that got another name


def _fold_renamed(before: Unfolded, copy: Copy) -> None:
    """Fold members under their new names; refuse where a new one could be meant for one that is gone."""
    lost = tuple(dict.fromkeys(_lost_places(before, copy.value)))
    for place in lost:
        box = follow(copy.value, place[:-1])
        known = follow(before.value, place[:-1])
        if not isinstance(box, Mapping) or not isinstance(known, Mapping):
            continue
        new = [
            name
            for name, value in box.items()
            if name not in known and (isinstance(value, Mapping) or _is_array(value))
        ]
        same = [name for name in new if is_same(box[name], known[place[-1]])]
        if same:
            copy.put((*place[:-1], same[0]), _folded(before, place, before.folds))
        elif new:
            gone, here = quoted_name(place[-1]), quoted_name(new[0])
            raise CannotFold(
                f"{gone} is gone, which is or holds JSON in a string, and {here} is new: whether that is a "
                "string as well cannot be told; change names and values one after the other"
            )


def _lost_places(before: Unfolded, after: Json) -> Iterator[Pointer]:
    """The members of objects that are gone with the strings they were or held."""
    for each in before.folds:
        here: Json = after
        for depth, token in enumerate(each.at):
            if isinstance(here, Mapping) and token not in here:
                yield each.at[: depth + 1]
            try:
                here = follow(here, (token,))
            except Missing:
                break


def _folded(before: Unfolded, at: Pointer, folds: Sequence[Fold]) -> Json:
    """A value of the unfolded one with the folds that are in it."""
    inside = (replace(each, at=each.at[len(at) :]) for each in folds if each.at[: len(at)] == at)
    return fold(Unfolded(follow(before.value, at), tuple(inside)))

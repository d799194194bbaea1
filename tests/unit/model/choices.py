"""Walks a tree of choices: every run makes the choices of one path, and the next run differs in the last that can."""

from collections.abc import Callable, Sequence


class Choices:
    """The choices of one run: first those that are given, then always the first option."""

    def __init__(self, given: Sequence[int] = ()) -> None:
        self._given = given
        self._made: list[tuple[int, int]] = []

    def choose[Option](self, options: Sequence[Option]) -> Option:
        """The option that this run takes here."""
        number = len(self._made)
        index = self._given[number] if number < len(self._given) else 0
        self._made.append((index, len(options)))
        return options[index]

    def next(self) -> list[int] | None:
        """What is to be given to the next run; None after the last."""
        made = list(self._made)
        while made and made[-1][0] + 1 == made[-1][1]:
            made.pop()
        return [index for index, _ in made[:-1]] + [made[-1][0] + 1] if made else None


def explore(run: Callable[[Choices], bool]) -> int:
    """Run every path of the tree once, depth first; the number of those that `run` went to their ends."""
    given: list[int] | None = []
    number = 0
    while given is not None:
        choices = Choices(given)
        number += run(choices)
        given = choices.next()
    return number

"""Which version served before: read from the history of transitions. Pure."""

from collections.abc import Iterable
from uuid import UUID


def served_stack(steps: Iterable[tuple[str, UUID]]) -> list[UUID]:
    """The versions that one can go back to, the last one on top.

    A promotion puts a version on top; a roll-back takes off what lies above the version that it goes back to; a
    retired version is taken out wherever it lies.

    Parameters
    ----------
    steps : iterable of (kind, version)
        Oldest first; kinds as in `models_app.models.TransitionKind`.
    """
    stack: list[UUID] = []
    for kind, version in steps:
        if kind == "promoted":
            stack.append(version)
        elif kind == "rolled_back":
            while stack and stack[-1] != version:
                stack.pop()
            stack = stack or [version]
        elif kind == "retired":
            stack = [one for one in stack if one != version]
        # Two of the same on top of each other would make one click go nowhere.
        stack = [one for place, one in enumerate(stack) if place == 0 or stack[place - 1] != one]
    return stack

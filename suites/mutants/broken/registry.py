"""Makes mutants: each replaces one name of the reference client and lists who must notice."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple


class Mutant(NamedTuple):
    """The reference client with one thing in another's place."""

    name: str
    """The module it stands in, which is what it breaks, and its own name."""
    does: str
    owner: Any
    attribute: str
    instead: Callable[..., Any]
    fails: Mapping[str, str]
    """Cases that must fail, each with what its verdict must say."""
    passes: tuple[str, ...]
    """Neighbouring cases that must stay green."""

    def be(self) -> None:
        """Take the place of one thing of the reference client."""
        own = getattr(self.owner, self.attribute)
        is_function = callable(own) and not isinstance(own, type)
        other = self.standing_in(own) if is_function else self.instead(own)
        setattr(self.owner, self.attribute, other)

    def standing_in(self, own: Callable[..., Any]) -> Callable[..., Any]:
        """A function in the place of the reference client's own one, on a class too."""
        return lambda *values, **named: self.instead(own, *values, **named)

    def description(self) -> dict[str, Any]:
        """What the suite has to know of it."""
        return {
            "name": self.name,
            "does": self.does,
            "fails": dict(self.fails),
            "passes": self.passes,
        }


MUTANTS: dict[str, Mutant] = {}


def instead_of(
    owner: Any, attribute: str, *, fails: Mapping[str, str], passes: tuple[str, ...]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes a mutant of a function, with the name and the docstring of that function.

    Args:
        owner: a module or a class of the reference client.
        attribute: the name that is replaced there. The function of the mutant gets the original
            function and then its arguments. For an original that is not a function, it gets the
            original and returns the replacement.
        fails: the cases that must fail, each with words that its verdict must contain.
        passes: similar cases that must pass.
    """
    if not hasattr(owner, attribute):
        raise LookupError(f"the reference client has no {attribute}")
    return partial(_registered, owner, attribute, fails, passes)


def _registered(
    owner: Any,
    attribute: str,
    fails: Mapping[str, str],
    passes: tuple[str, ...],
    instead: Callable[..., Any],
) -> Callable[..., Any]:
    breaks = instead.__module__.rpartition(".")[2]
    name = f"{breaks}/{instead.__name__.replace('_', '-')}"
    if name in MUTANTS:
        raise LookupError(f"there are two mutants called {name}")
    MUTANTS[name] = Mutant(
        name=name,
        does=(instead.__doc__ or "").strip(),
        owner=owner,
        attribute=attribute,
        instead=instead,
        fails=fails,
        passes=passes,
    )
    return instead

"""Checks which hosts an SDK contacted."""

from __future__ import annotations

from msgspec import structs

from conform.cases.expectations import Contacts
from conform.core.observations import Contact, Observation
from conform.core.text import capitalised
from conform.verdicts.verdict import Fail, fail


def difference(expected: Contacts, seen: Observation) -> Fail | None:
    """A failure unless only the host of the base URL, and allowed ones, were contacted."""
    wanted = " and ".join(("the base URL", *expected.hosts))
    if seen.contacts is None:
        return fail("The network was not isolated.", wanted, "unknown", "unknown", "suite")
    others = [each for each in seen.contacts if each.host not in expected.hosts]
    if not others:
        return None
    first = _most_telling(others)
    return fail(
        f"The SDK contacted another host: {first}.",
        f"no contact but with {wanted}",
        "; ".join(map(str, others)),
        f"contacted {first.host}",
    )


def explained(failure: Fail, seen: Observation) -> Fail:
    """The failure with where the request went, if it did not arrive at the base URL."""
    if seen.requests or not seen.contacts or failure.differs.startswith("contacted "):
        return failure
    first = _most_telling(list(seen.contacts))
    return structs.replace(
        failure,
        reason=f"{capitalised(str(first))} instead of the base URL.",
        differs=f"contacted {first.host}",
    )


def _most_telling(contacts: list[Contact]) -> Contact:
    """A request comes before a connection, and that before a look-up."""
    return min(contacts, key=lambda each: (each.request is None, each.protocol == "dns"))

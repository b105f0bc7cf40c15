"""Checks the hosts that an SDK contacted."""

from __future__ import annotations

from msgspec import structs

from conform.cases.expectations import Contacts
from conform.core.observations import Contact, Observation
from conform.core.text import capitalised
from conform.verdicts.verdict import Fail, fail


def difference(expected: Contacts, seen: Observation) -> Fail | None:
    """The failure if the SDK contacted a host that is not allowed."""
    wanted = " and ".join(("the base URL", *expected.hosts))
    if seen.contacts is None:
        return fail("The network was not isolated.", wanted, "unknown", "unknown", "suite")
    others = [each for each in seen.contacts if each.host not in expected.hosts]
    if not others:
        return None
    first = _most_relevant(others)
    other = "another port of the base URL" if first.is_of_base_url else "another host"
    return fail(
        f"The SDK contacted {other}: {first}.",
        f"contact only with {wanted}",
        "; ".join(map(str, others)),
        _contacted(first),
    )


def explained(failure: Fail, seen: Observation) -> Fail:
    """The failure with the contacted host, if no request arrived at the base URL."""
    if seen.requests or not seen.contacts or failure.differs.startswith("contacted "):
        return failure
    first = _most_relevant(list(seen.contacts))
    return structs.replace(
        failure,
        reason=f"{capitalised(str(first))} instead of the base URL.",
        differs=_contacted(first),
    )


def _contacted(contact: Contact) -> str:
    return f"contacted {'another port' if contact.is_of_base_url else contact.host}"


def _most_relevant(contacts: list[Contact]) -> Contact:
    """The most relevant contact: a request, else a connection, else a look-up."""
    return min(contacts, key=lambda each: (each.request is None, each.protocol == "dns"))

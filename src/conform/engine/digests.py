"""Digests what is done in a case: everything that decides what can be observed in it.

Expectations, levels and titles are not a part of it. An observation can be judged again as long as
the digest of its case is the same.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

import msgspec

from conform.cases.documentation import Documentation
from conform.cases.expectations import Ends
from conform.cases.interactions import consumer, interactions
from conform.cases.model import CallStep, Case
from conform.cases.replies import ContractServer
from conform.engine.requests import requests
from conform.engine.spelling import Spelling
from conform.schemas.catalog import Catalog

_DIGITS: Final = 16


class CaseDigests:
    """The digests of the cases of one target.

    Args:
        documentation: what the target is checked against.
        spelling: the names that the SDK is asked for.
        catalog: the endpoints and schemas of the contracts.
    """

    def __init__(self, documentation: Documentation, spelling: Spelling, catalog: Catalog) -> None:
        self._pages = {consumer(page): page for page in documentation.pages}
        self._spelling = spelling
        self._catalog = catalog

    def of(self, case: Case) -> str:
        """The digest of a case: 16 hexadecimal digits."""
        limits = [each.within for each in case.expect if isinstance(each, Ends)]
        done = [
            *(case.stage, case.network, case.server, limits),
            [requests(step, self._spelling.on(case.stage)) for step in case.steps],
            [self._spelling.respelled(step) for step in case.steps if isinstance(step, CallStep)],
            self._exchange(case.server) if isinstance(case.server, ContractServer) else None,
        ]
        encoded = msgspec.json.encode(done, order="deterministic")
        return sha256(encoded).hexdigest()[:_DIGITS]

    def _exchange(self, server: ContractServer) -> list[Any]:
        """What a Pact mock server expects and answers."""
        page = self._pages[server.contract]
        every = interactions(page.facts, self._catalog)
        documented = next(each for each in every if each.name == server.interaction)
        request = self._catalog.request_schema(page.variant, documented.operation.name)
        return [documented.endpoint, documented.arguments, documented.response, request]

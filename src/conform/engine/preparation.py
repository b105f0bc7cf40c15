"""Prepares a target: installs it, starts its adapter, and finds its documentation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace

from conform.cases.documentation import Documentation
from conform.cases.model import Planned, Stage
from conform.cases.plan import plan
from conform.cases.profile import Profile
from conform.cases.written import written_cases
from conform.core.errors import AdapterError, DocumentError
from conform.core.protocol import Accommodation, Started
from conform.core.results import RunLine
from conform.documents import reader
from conform.documents.at_hand import PageAtHand
from conform.engine.certificates import Certificates
from conform.engine.execution import Executor
from conform.engine.gateway import Gateway
from conform.engine.network import IsolatedNetwork, is_isolated, network_problem
from conform.engine.session import AdapterSession
from conform.engine.spelling import Spelling
from conform.schemas.catalog import Catalog
from conform.targets import names
from conform.targets.resolve import Target, resolve


class PreparedTarget(Struct, frozen=True, kw_only=True):
    """A target that is ready for its cases."""

    target: Target
    profile: Profile
    documentation: Documentation
    executor: Executor
    catalog: Catalog

    @property
    def release(self) -> str:
        """The release of the SDK."""
        return self.profile.release

    @property
    def spelling(self) -> Spelling:
        """The translation of documented names to those of the target."""
        return self.executor.spelling

    @property
    def accommodations(self) -> tuple[Accommodation, ...]:
        """What the release is helped with, by the adapter or by the names of its settings."""
        return (*self.profile.started.accommodations, *self.spelling.accommodations)

    @property
    def cases(self) -> tuple[Planned, ...]:
        """All cases, each of them applicable to the target or not.

        Raises:
            UsageError: a written case is not valid.
        """
        return plan(self.catalog, self.documentation)

    def opening(self, planned: int) -> RunLine:
        """The first line of its results.

        Args:
            planned: the number of cases that are going to run.
        """
        started = self.profile.started
        return replace(
            RunLine.opening(self.target.name, planned),
            adapter=started.adapter,
            sdk=started.sdk,
            runtime=started.runtime,
            loaded=str(Path(started.loaded).resolve().relative_to(self.target.sdk.resolve())),
            substitutes=self.target.substitutes,
            accommodations=self.accommodations,
            checked_against=self.documentation.sentence,
            variant=self.documentation.variant,
            untried=self.target.manifest.adapter.untried,
            network=self.documentation.network_problem or "",
        )


@contextmanager
def prepare(name: str, catalog: Catalog) -> Iterator[PreparedTarget]:
    """Install and start the target of a name, until the block ends.

    Raises:
        UsageError: the name is not that of a target.
        TargetUnavailableError: the target is not available here.
        AdapterError: its adapter does not start.
    """
    target = resolve(names.sdk(name))
    with (
        hosts() as network,
        Gateway() as gateway,
        AdapterSession(target, gateway, Stage()) as session,
    ):
        profile = _profile(target, session.start())
        documentation = profile.documentation(target.manifest, catalog)
        with Executor(target, session, catalog, documentation, network) as executor:
            prepared = PreparedTarget(
                target=target,
                profile=profile,
                documentation=documentation,
                executor=executor,
                catalog=catalog,
            )
            _check_accommodations(prepared)
            yield prepared


@contextmanager
def hosts() -> Iterator[IsolatedNetwork | None]:
    """The other hosts of an isolated network, until the block ends; nothing where there is none."""
    if not is_isolated():
        yield None
        return
    with TemporaryDirectory() as folder, IsolatedNetwork(Certificates(Path(folder))) as network:
        yield network


def _check_accommodations(prepared: PreparedTarget) -> None:
    about = {case.accommodation for case in written_cases()}
    for each in prepared.accommodations:
        if each.name not in about:
            raise AdapterError(
                f"The adapter of {prepared.target.name} helps the release with {each.name}, and no "
                "case shows why.",
                why=each.why,
                fix=f"Write a case with the accommodation {each.name}; docs/adapters.md says how.",
            )


def _profile(target: Target, started: Started) -> Profile:
    name = target.manifest.adapter.name
    known = Profile(
        sdk=name,
        release=target.release or started.sdk.version,
        started=started,
        network_problem=network_problem(),
    )
    if target.page is None:
        return known
    try:
        document = reader.read(target.page)
    except DocumentError as error:
        return replace(known, page_problem=error.why)
    return replace(known, page=PageAtHand.of(document, name))

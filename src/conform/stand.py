"""Sets a target up: in place, its adapter running, held to its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import InvalidVersion, Version

from conform.cases.model import Planned
from conform.cases.plan import every_variant, plan
from conform.cases.subject import ANYONE, Subject
from conform.documents import reader
from conform.documents.facts import Facts
from conform.errors import DocumentError, UsageError
from conform.execution import Bench
from conform.protocol import Started
from conform.schemas.catalog import Catalog, Held
from conform.schemas.readmes import Readmes
from conform.servers import Gateway
from conform.targets import manifest as manifests
from conform.targets import names
from conform.targets.manifest import Manifest
from conform.targets.names import SdkName, ServerName
from conform.targets.resolve import Target, resolve


class Pages(Struct, frozen=True, kw_only=True):
    """What a target is held to."""

    held: tuple[Held, ...]
    """One page for an SDK; one of each variant for the control."""
    spelled_by: Facts | None
    """The page that spells names, where not the language's style does."""
    sentence: str
    """Such as ``held to the page of 1.6.456``."""
    called: str
    """Such as ``the page of python 1.6.456``, to go into a sentence."""
    variant: str = ""
    own: bool = True
    """Whether the SDK documents itself so, or is held to what others document."""

    @classmethod
    def of_release(cls, manifest: Manifest, release: str | None, catalog: Catalog) -> Pages:
        """What an SDK's release is held to by its number alone; its newest one without a number.

        The control is held to every variant, and an SDK without pages to the one that its adapter
        names.
        """
        name, variant = manifest.adapter.name, manifest.pages.variant
        if variant:
            return cls(
                held=(catalog.variant(variant),),
                spelled_by=None,
                sentence=f"held to the variant {variant}, since no page documents it",
                called=f"the pages of the variant {variant}",
                variant=variant,
                own=False,
            )
        if name not in catalog.sdks:
            held = every_variant(catalog)
            return cls(
                held=held,
                spelled_by=None,
                sentence=f"held to the {len(held)} known variants",
                called="any known page",
            )
        return cls._of_page(catalog.held(name, _version(release)))

    @classmethod
    def of(cls, target: Target, started: Started, catalog: Catalog) -> Pages:
        """The page that came with a target, or else what its release is held to."""
        name = target.manifest.adapter.name
        release = target.release or started.sdk.version
        known = cls.of_release(target.manifest, release, catalog)
        if target.page is None:
            return known
        try:
            return cls._of_page(catalog.at_hand(reader.read(target.page), name, release))
        except DocumentError as error:
            note = f", since the page that came with it cannot be read: {error.why}"
            return replace(known, sentence=known.sentence + note)

    @classmethod
    def _of_page(cls, page: Held) -> Pages:
        return cls(
            held=(page,),
            spelled_by=page.facts,
            sentence=page.sentence,
            called=page.called,
            variant=page.variant,
        )

    def plan(self, catalog: Catalog, subject: Subject = ANYONE) -> tuple[Planned, ...]:
        """The whole set of cases as it stands for a target that is held to these pages.

        What others document is a convention for an SDK that does not document itself.

        Raises:
            UsageError: a written case is none.
        """
        cases = plan(catalog, self.held, held_to=self.called, subject=subject)
        if self.own:
            return cases
        return tuple(
            replace(case, level="convention")
            if case.level == "documented" and case.source.kind == "page"
            else case
            for case in cases
        )


class Stand(Struct, frozen=True, kw_only=True):
    """A target that is ready for its cases."""

    target: Target
    started: Started
    bench: Bench
    pages: Pages

    @property
    def subject(self) -> Subject:
        """Who the cases are for."""
        release = self.target.release or self.started.sdk.version
        known = subject_of(self.target.manifest, release)
        return replace(known, capabilities=frozenset(self.started.capabilities))


def subject_of(manifest: Manifest, release: str | None) -> Subject:
    """Who cases are for, before it runs: nobody's README counts for the control."""
    name = manifest.adapter.name
    sdk = name if name in Readmes.load().sdks else None
    return Subject(sdk=sdk, release=_version(release))


def named(name: str) -> SdkName:
    """The SDK that is typed as a target.

    Raises:
        UsageError: the name is of nothing that exists, or of a server.
    """
    parsed = names.parse(name, manifests.known())
    if isinstance(parsed, ServerName):
        raise UsageError(
            "Servers cannot be tested yet.",
            why="This version holds SDKs to their pages.",
            fix="Name an SDK; conform targets lists them.",
        )
    return parsed


@contextmanager
def set_up(name: str, catalog: Catalog) -> Iterator[Stand]:
    """Put the target of a name in place, with a gateway and its adapter, until the block ends.

    Raises:
        UsageError: the name is of nothing that exists.
        TargetUnavailableError: it exists and cannot be had here.
        AdapterError: its adapter does not start.
    """
    target = resolve(named(name))
    with Gateway() as gateway, Bench(target, gateway, catalog) as bench:
        started = bench.start()
        pages = Pages.of(target, started, catalog)
        bench.hold_to(pages.held, spelled_by=pages.spelled_by)
        yield Stand(target=target, started=started, bench=bench, pages=pages)


def _version(text: str | None) -> Version | None:
    try:
        return None if text is None else Version(text)
    except InvalidVersion:
        return None

"""Writes a case down as code: what a user of the SDK would write to see it.

What differs from language to language is the table ``[snippet]`` of the adapter's manifest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
import re
from typing import Final

from msgspec import UnsetType

from conform.cases.model import CallStep, Case, ConfigureStep, RunStep
from conform.core.manifest import Known, Literals, Manifest, Snippet, SpecialCall, Strings
from conform.core.protocol import Credentials
from conform.core.values import Absent, Boolean, Integer, List, Map, Null, Number, String, Value
from conform.engine.spelling import Spelling

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z0-9_]+)\}")
_LONG: Final = 120
"""Characters from which on a text that repeats itself is written as what is repeated."""
_LAST_OF_PLANE: Final = 0xFFFF
_SPECIAL: Final = SpecialCall()


class _UnsayableError(Exception):
    """The language, or its templates, have nothing for it."""


def snippet(case: Case, manifest: Manifest, spelling: Spelling) -> str:
    """The shortest code that shows a case; empty where the adapter cannot say it in code.

    The address of the server is the environment's ``BASE_URL``. Parameters are written as they
    are, credentials included: those of cases are synthetic.

    Args:
        case: its steps become lines, in their order.
        manifest: of the adapter, with the templates of the language.
        spelling: the SDK's own names.
    """
    if manifest.snippet is None:
        return ""
    try:
        return _Writer(manifest.snippet, spelling).program(case)
    except _UnsayableError:
        return ""


class _Writer:
    """One program: its variables and the resources that it uses."""

    def __init__(self, form: Snippet, spelling: Spelling) -> None:
        self._form = form
        self._spelling = spelling
        self._variables: dict[str, str] = {}
        self._made: list[str] = []
        self._resources: dict[str, str] = {}

    def program(self, case: Case) -> str:
        lines = [line for step in case.steps for line in self._lines(step)]
        imports = [
            _filled(self._form.imports, resource=resource, documented=documented)
            for documented, resource in self._resources.items()
            if self._form.imports
        ]
        program = _block(self._form.program.strip("\n"), "imports", imports)
        return _block(program, "lines", lines) + "\n"

    def _lines(self, step: ConfigureStep | CallStep | RunStep) -> Iterator[str]:
        match step:
            case ConfigureStep(credentials=credentials):
                yield from self._known(credentials, self._form.credentials)
            case CallStep(form="read"):
                yield from self._shown(self._kept(step), step)
            case CallStep(keep=None, read=()):
                yield _filled(self._form.send, call=self._call(step))
            case CallStep():
                call = self._call(step)
                variable = self._variable(step)
                yield _filled(self._form.keep, variable=variable, call=call)
                yield from self._shown(variable, step)
            case RunStep(bind=bind, code=code):
                for name, value in bind.items():
                    own = _filled(self._form.variable, name=name, resource=name)
                    call = _literal(value, self._form.literals)
                    yield _filled(self._form.keep, variable=own, call=call)
                yield code.strip("\n")

    def _shown(self, variable: str, call: CallStep) -> Iterator[str]:
        for name in call.read:
            yield _filled(self._form.show, variable=variable, **self._attribute(name))

    def _variable(self, call: CallStep) -> str:
        documented, resource, _ = self._names(call)
        name = _filled(self._form.variable, name=documented, resource=resource)
        count = self._made.count(name)
        self._made.append(name)
        variable = f"{name}{count + 1}" if count else name
        if call.keep is not None:
            self._variables[call.keep] = variable
        return variable

    def _kept(self, call: CallStep) -> str:
        """The variable of the object that a call is made on."""
        try:
            return self._variables[call.on or ""]
        except KeyError:
            raise _UnsayableError from None

    def _names(self, call: CallStep) -> tuple[str, str, str]:
        """Resource as documented and in the SDK, and the operation."""
        documented = call.operation.partition(".")[0]
        return documented, *self._spelling.operation(call.operation)

    def _attribute(self, name: str) -> dict[str, str]:
        own = self._spelling.attribute(name)
        return {"attribute": own, "Attribute": own[:1].upper() + own[1:]}

    def _call(self, call: CallStep) -> str:
        documented, resource, operation = self._names(call)
        self._resources[documented] = resource
        special = self._form.operations.get(call.operation, _SPECIAL)
        template = {
            "static": special.static or self._form.static,
            "construct": self._form.construct,
            "instance": self._form.instance,
        }[call.form]
        if not template:
            raise _UnsayableError
        given = {k: v for k, v in call.parameters.items() if not isinstance(v, Absent)}
        alone = [name for name in special.positional if name in given]
        named = {name: value for name, value in given.items() if name not in alone}
        separator = self._form.literals.separator
        entries = separator.join(self._parameter(name, value) for name, value in named.items())
        own = {"documented": documented, "resource": resource, "operation": operation}
        parameters = _filled(self._form.parameters, entries=entries, **own) if named else ""
        known = separator.join(self._known(call.options, self._form.option))
        options = _filled(self._form.options, entries=known) if known else ""
        follows = options and "{options}" not in template
        arguments = (
            *(_literal(given[name], self._form.literals) for name in alone),
            parameters or (self._form.no_parameters if follows else ""),
            options if follows else "",
        )
        return _filled(
            template,
            **own,
            on=self._kept(call) if call.form == "instance" else "",
            arguments=", ".join(filter(None, arguments)),
            entries=entries,
            parameters=parameters or self._form.no_parameters,
            options=options or self._form.no_options,
        )

    def _parameter(self, name: str, value: Value) -> str:
        literals = self._form.literals
        return _filled(
            self._form.parameter or literals.entry,
            key=_quoted(name, literals.string),
            value=_literal(value, literals),
            **self._attribute(name),
        )

    def _known(self, credentials: Credentials, templates: Known) -> Iterator[str]:
        for value, template in (
            (credentials.session_id, templates.session_id),
            (credentials.api_key, templates.api_key),
        ):
            if not isinstance(value, UnsetType):
                yield _filled(template, value=_quoted(value, self._form.literals.string))


def _literal(value: Value, literals: Literals) -> str:
    match value:
        case Null():
            return literals.null
        case Boolean(text=text):
            return literals.true if text == "true" else literals.false
        case Integer(text=digits):
            return _integer(digits, literals)
        case Number(text=text):
            return text
        case String(text=text):
            return _text(text, literals.string)
        case List(items=items):
            parts = (_literal(item, literals) for item in items)
            return _filled(literals.list, items=", ".join(parts))
        case Map(entries=entries):
            parts = (
                _filled(
                    literals.entry,
                    key=_quoted(entry.key, literals.string),
                    value=_literal(entry.value, literals),
                )
                for entry in entries
            )
            return _filled(literals.map, entries=literals.separator.join(parts))
        case _:
            raise _UnsayableError


def _integer(digits: str, literals: Literals) -> str:
    form, number = literals.integer, int(digits)
    small = form.smallest is not None and number < form.smallest
    large = form.largest is not None and number > form.largest
    template = form.beyond if small or large else form.literal
    if not template:
        raise _UnsayableError
    return _filled(template, digits=digits)


def _text(text: str, strings: Strings) -> str:
    """A text as a literal; what is repeated is written once."""
    period = (text + text).find(text, 1) if len(text) > _LONG and strings.repeat else len(text)
    if period in {0, len(text)}:
        return _quoted(text, strings)
    times = str(len(text) // period)
    return _filled(strings.repeat, text=_quoted(text[:period], strings), times=times)


def _quoted(text: str, strings: Strings) -> str:
    return f"{strings.quote}{''.join(_escaped(text, strings))}{strings.quote}"


def _escaped(text: str, strings: Strings) -> Iterator[str]:
    for character in text:
        number = ord(character)
        if character in strings.escapes:
            yield strings.escapes[character]
        elif character.isprintable():
            yield character
        elif number <= _LAST_OF_PLANE:
            yield _hex(strings.unseen, number)
        elif strings.astral:
            yield _hex(strings.astral, number)
        else:
            pair = character.encode("utf-16-be")
            halves = (int.from_bytes(half) for half in (pair[:2], pair[2:]))
            yield from (_hex(strings.unseen, half) for half in halves)


def _hex(template: str, number: int) -> str:
    return _filled(template, hex=f"{number:x}", hex4=f"{number:04x}", hex8=f"{number:08x}")


def _filled(template: str, **values: str) -> str:
    """A template with what it names; any other braces are the language's own."""
    return _PLACEHOLDER.sub(_giving(values), template)


def _giving(values: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    return lambda found: values.get(found[1], found[0])


def _block(program: str, name: str, lines: list[str]) -> str:
    """A program with lines in the place of a placeholder, as deep as that stands."""
    place = re.compile(rf"^([ \t]*)\{{{name}\}}\n?", re.MULTILINE)

    def indented(found: re.Match[str]) -> str:
        text = "\n".join(lines).split("\n") if lines else []
        return "".join(f"{found[1]}{line}".rstrip() + "\n" for line in text)

    return place.sub(indented, program, count=1).rstrip("\n")

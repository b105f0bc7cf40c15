"""Drives the Files.com SDK for Python, every release since 1.0.9, through its public interface.

Usage: python -I -S adapter.py FOLDER-WITH-THE-SDK
"""

import ast
from collections.abc import Callable, Mapping, Sequence
import importlib
from importlib import metadata
import inspect
from pathlib import Path
import pkgutil
import platform
import site
import sys
import tempfile
from types import FunctionType, ModuleType
from typing import Any

# wire.py stands with the reference client; the SDK must not find anything there.
sys.path.insert(0, str(Path(__file__).parents[1] / "http"))
import wire

del sys.path[0]

Message = dict[str, Any]

VERSION = "2.0.0"


class UnsupportedError(Exception):
    """This release has nothing of that kind."""


class Adapter:
    """One method for each method of the protocol."""

    def __init__(self) -> None:
        self.started = False
        self.kept = {}

    def start(
        self,
        protocol: int,
        base_url: str,
        ca_file: str | None = None,
        log_level: str = "none",
        **_: Any,
    ) -> Message:
        """Load the SDK, point it at one address and say what is here."""
        if protocol != wire.PROTOCOL:
            raise wire.FaultError(-32000, f"this adapter speaks version {wire.PROTOCOL}")
        try:
            if ca_file:
                trust(ca_file)
            self.sdk = importlib.import_module("files_sdk")
            self.resources = {
                module.name: importlib.import_module(f"files_sdk.models.{module.name}")
                for module in pkgutil.iter_modules(self.sdk.models.__path__)
            }
            error = self.resources["session"].InvalidParameterError
        except BaseException as error:
            raise wire.FaultError(-32002, f"{wire.class_name(type(error))}: {error}") from error
        self.sdk.base_url, self.sdk.console_log_level = base_url, log_level
        self.initial = state(self.sdk)
        self.started = True
        return {
            "adapter": {"name": "python", "version": VERSION},
            "sdk": {"name": "Files.com", "version": metadata.version("Files.com")},
            "runtime": {
                "name": platform.python_implementation(),
                "version": platform.python_version(),
            },
            "loaded": self.sdk.__file__,
            "operations": [each for name in self.resources for each in self.operations(name)],
            "error_families": [f"{error.__module__}.Error"],
            "capabilities": ["run", "ca_file", "log_level", "instances"],
        }

    def reset(self) -> Message:
        """Put all global state back as it was after ``start``."""
        self.kept.clear()
        if hasattr(self.sdk, "close"):
            self.sdk.close()
        settings, defaults = self.initial
        for owner, name, value in settings:
            setattr(owner, name, value)
        for default in defaults:
            default.clear()
        return {}

    def configure(
        self, rig: dict[str, float] | None = None, settings: Message | None = None
    ) -> Message:
        """Make the global settings that this release has."""
        wanted = wire.decode_all(settings or {}, self.kept)
        applied = [name for name, value in (rig or {}).items() if self.rigged(name, value)]
        try:
            applied += [name for name, value in wanted.items() if self.set(name, value)]
        except BaseException as error:
            return wire.raised(error)
        unsupported = [name for name in (*(rig or {}), *wanted) if name not in applied]
        return {"outcome": "configured", "applied": applied, "unsupported": unsupported}

    def rigged(self, name: str, value: float) -> bool:
        """Make one setting of the rig; false where this release cannot."""
        match name:
            case "attempts":
                # Since 2.0, which brought Client, the first attempt is no longer counted.
                first = 1 if hasattr(self.sdk, "Client") else 0
                return self.set("max_network_retries", value - first)
            case "connect_seconds":
                return self.set("open_timeout", value)
            case "read_seconds":
                return self.set("read_timeout", value)
            case _:
                delays = ("initial_network_retry_delay", "max_network_retry_delay")
                return all(self.set(each, value) for each in delays)

    def set(self, name: str, value: Any) -> bool:
        """Make one setting, a function or a variable; false where this release has none."""
        here = hasattr(self.sdk, name)
        if here and inspect.isfunction(getattr(self.sdk, name)):
            getattr(self.sdk, name)(value)
        elif here:
            setattr(self.sdk, name, value)
        return here

    def call(
        self, resource: str, operation: str = "", form: str = "static", **asked: Any
    ) -> Message:
        """Make one call the way a caller of the SDK writes it."""
        arguments, on = wire.arguments(self.kept, asked), asked.get("on")
        if form not in wire.FORMS:
            raise wire.FaultError(-32602, f"there is no form {form!r}")
        if form in {"instance", "read"} and on not in self.kept:
            raise wire.FaultError(-32602, f"nothing is kept under {on!r}")

        def result() -> Any:
            match form:
                case "static":
                    return named(operation, functions(self.resource(resource)))(*arguments)
                case "construct":
                    return named("new", {"new": model(self.resource(resource))})(*arguments)
                case "instance":
                    named(operation, methods(type(self.kept[on])))
                    return getattr(self.kept[on], operation)(*arguments)
                case _:
                    return self.kept[on]

        return self.outcome(result, asked.get("read", ()), asked.get("keep"))

    def run(self, code: str, bind: Message | None = None, read: Sequence[str] = ()) -> Message:
        """Run a sample; the value of its last expression is what it returned."""
        names = {"files_sdk": self.sdk, **wire.decode_all(bind or {}, self.kept)}

        def result() -> Any:
            body = ast.parse(code).body
            last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
            sample = ast.Module(body, type_ignores=[])
            exec(compile(sample, "sample", "exec"), names)  # noqa: S102 - what `run` is for
            if last:
                return eval(compile(ast.Expression(last.value), "sample", "eval"), names)  # noqa: S307 - as above
            return None

        return self.outcome(result, read)

    def stop(self) -> Message:
        """End; the reply goes out first."""
        return {}

    def outcome(
        self, result: Callable[[], Any], read: Sequence[str], keep: str | None = None
    ) -> Message:
        """What came of it, whatever the SDK throws."""
        try:
            value = result()
            if keep:
                self.kept[keep] = value
            return wire.returned(value, read)
        except UnsupportedError as reason:
            return wire.unsupported(str(reason))
        except BaseException as error:
            return wire.raised(error, getattr(error, "http_status", None), api_type(error))

    def resource(self, name: str) -> ModuleType:
        """The module of a resource."""
        return named(name, self.resources)

    def operations(self, resource: str) -> list[Message]:
        """What can be done with a resource, found by reflection."""
        module = self.resources[resource]
        forms = {name: ["construct" if name == "new" else "static"] for name in functions(module)}
        for name in methods(model(module)):
            forms.setdefault(name, []).append("instance")
        return [{"resource": resource, "operation": k, "forms": v} for k, v in forms.items()]


def own(module: ModuleType, kind: Callable[[Any], bool]) -> dict[str, Any]:
    """What a module defines itself and means to be used."""
    return {
        name: each
        for name, each in vars(module).items()
        if kind(each) and each.__module__ == module.__name__ and not name.startswith("_")
    }


def functions(module: ModuleType) -> dict[str, FunctionType]:
    """The operations on a resource."""
    return own(module, inspect.isfunction)


def model(module: ModuleType) -> type | None:
    """The class of a resource's objects."""
    classes = own(module, inspect.isclass).values()
    return next((each for each in classes if hasattr(each, "default_attributes")), None)


def methods(cls: type | None) -> dict[str, FunctionType]:
    """The operations on an object of a resource."""
    plumbing = {"set_attributes", "get_attributes"}
    found = {name: each for name, each in vars(cls or object).items() if inspect.isfunction(each)}
    return {name: each for name, each in found.items() if name[0] != "_" and name not in plumbing}


def named(name: str, choices: Mapping[str, Any]) -> Any:
    """One of the things that exist in this release."""
    if choices.get(name) is None:
        raise UnsupportedError(f"there is no {name or 'operation without a name'}")
    return choices[name]


def api_type(error: BaseException) -> Any:
    """The API's type: an attribute of its own since 1.4, before that a member of the body."""
    body = getattr(error, "json_body", None)
    return getattr(error, "error_type", body.get("type") if isinstance(body, dict) else None)


def state(sdk: ModuleType) -> tuple[list[tuple[Any, str, Any]], list[Message]]:
    """The SDK's settings, and the dictionaries it uses as default arguments, which calls change."""
    modules = [m for name, m in sys.modules.items() if name.partition(".")[0] == "files_sdk"]
    owners = [*modules, *(each for m in modules for each in own(m, inspect.isclass).values())]
    members = [(owner, name, each) for owner in owners for name, each in vars(owner).items()]
    settings = [
        (owner, name, each)
        for owner, name, each in members
        if not name.startswith("__")
        and (owner is sdk or isinstance(each, (str, int, float, type(None))))
    ]
    defaults = [d for _, _, each in members for d in getattr(each, "__defaults__", None) or ()]
    return settings, [default for default in defaults if default == {}]


def trust(ca_file: str) -> None:
    """Add authorities to the ones that requests trusts, which are certifi's."""
    certifi = importlib.import_module("certifi")
    bundle = Path(tempfile.mkdtemp(), "authorities.pem")
    bundle.write_text(f"{certifi.contents()}\n{Path(ca_file).read_text()}")
    certifi.where = lambda: str(bundle)


if __name__ == "__main__":
    site.addsitedir(sys.argv[1])
    wire.serve(Adapter())

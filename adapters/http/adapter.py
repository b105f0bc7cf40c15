"""The reference client's adapter: the one to read first.

``wire.py`` speaks the protocol and ``client.py`` takes the place of the SDK. This file connects the
two, as in the adapter of any SDK.
"""

import logging
from pathlib import Path
import platform
import sys
import tempfile
from typing import Any

import client
import requests
import wire

VERSION = "2.0.0"
LEVELS = {"error": logging.ERROR, "info": logging.INFO, "debug": logging.DEBUG}

RIG = {
    "attempts": lambda client, value: setattr(client, "max_network_retries", value - 1),
    "connect_seconds": lambda client, value: setattr(client, "open_timeout", value),
    "read_seconds": lambda client, value: setattr(client, "read_timeout", value),
    "delay_seconds": lambda client, value: setattr(client, "max_network_retry_delay", value),
}

Message = dict[str, Any]


class Symbol(str):
    """A name as a key; Python has no symbols, so this stands for them."""

    __slots__ = ()


class Adapter:
    """One method for each method of the protocol."""

    def __init__(self) -> None:
        self.started = False

    def start(
        self,
        protocol: int,
        base_url: str,
        ca_file: str | None = None,
        log_level: str = "none",
        **_: Any,
    ) -> Message:
        """Point the client at one address and say what is here."""
        if protocol != wire.PROTOCOL:
            raise wire.FaultError(-32000, f"this adapter speaks version {wire.PROTOCOL}")
        if log_level != "none":
            # Only what the client itself says: other libraries log whole paths, secrets included.
            logging.basicConfig(stream=sys.stderr)
            client.log.setLevel(LEVELS[log_level])
        self.base_url, self.ca_file = base_url, bundle(ca_file) if ca_file else None
        self.started = True
        self.reset()
        return {
            "adapter": {"name": "http", "version": VERSION},
            "sdk": {"name": "requests", "version": requests.__version__},
            "runtime": {
                "name": platform.python_implementation(),
                "version": platform.python_version(),
            },
            "loaded": str(Path(client.__file__).resolve()),
            "operations": [
                {"resource": resource, "operation": operation, "forms": [form]}
                for resource in ("session", "user")
                for form in ("static", "construct", "instance")
                for operation in sorted(self.operations(resource, form))
            ],
            "error_families": [wire.class_name(client.Error)],
            "capabilities": ["ca_file", "log_level", "instances", "symbols"],
        }

    def reset(self) -> Message:
        """Forget every setting and every kept object."""
        self.client = client.Client(self.base_url, self.ca_file)
        self.kept: dict[str, Any] = {}
        return {}

    def configure(
        self, rig: dict[str, float] | None = None, settings: Message | None = None
    ) -> Message:
        """Make global settings: the client has all of the rig, and what a user of it may set."""
        for name, value in (rig or {}).items():
            RIG[name](self.client, value)
        wanted = wire.decode_all(settings or {}, self.kept)
        applied = [name for name in wanted if hasattr(self.client, name)]
        for name in applied:
            setattr(self.client, name, wanted[name])
        unsupported = [name for name in wanted if name not in applied]
        return {
            "outcome": "configured",
            "applied": [*(rig or {}), *applied],
            "unsupported": unsupported,
        }

    def call(
        self, resource: str, operation: str = "", form: str = "static", **asked: Any
    ) -> Message:
        """Make one call and say what came of it, whatever is raised."""
        keys = str if asked.get("keys") == "strings" else Symbol
        arguments = [
            {keys(name): value for name, value in each.items()}
            for each in wire.arguments(self.kept, asked)
        ]
        on = asked.get("on")
        if form not in wire.FORMS:
            raise wire.FaultError(-32602, f"there is no form {form!r}")
        if form in {"instance", "read"} and on not in self.kept:
            raise wire.FaultError(-32602, f"nothing is kept under {on!r}")
        known = self.operations(resource, form)
        if form != "read" and (not known if form == "construct" else operation not in known):
            return wire.unsupported(f"there is no {form} {resource}.{operation}")
        try:
            match form:
                case "static":
                    what = client.OPERATIONS[resource, operation]
                    value = self.client.call(what, *arguments)
                case "construct":
                    value = client.Record(*arguments)
                case "instance":
                    value = client.METHODS[operation](self.client, self.kept[on])
                case "read":
                    value = self.kept[on]
        except BaseException as error:
            status, api_type = getattr(error, "http_status", None), getattr(error, "api_type", None)
            return wire.raised(error, status, api_type)
        if keep := asked.get("keep"):
            self.kept[keep] = value
        return wire.returned(value, asked.get("read", ()))

    def operations(self, resource: str, form: str) -> set[str]:
        """What can be done with a resource in one form."""
        match form, resource:
            case "static", _:
                return {operation for of, operation in client.OPERATIONS if of == resource}
            case "construct", "session":
                return {"new"}
            case "instance", "session":
                return set(client.METHODS)
        return set()

    def stop(self) -> Message:
        """End; the reply goes out first."""
        return {}


def bundle(ca_file: str) -> str:
    """A file with these authorities beside the ones that requests trusts."""
    path = Path(tempfile.mkdtemp(), "authorities.pem")
    path.write_text(Path(requests.certs.where()).read_text() + Path(ca_file).read_text())
    return str(path)


if __name__ == "__main__":
    wire.serve(Adapter())

"""`radicula protocol check FILE`: whether a protocol file can be used, and what is in it."""

import argparse
import json
import sys
from pathlib import Path

from protocols.loader import load_file
from protocols.protocol import Protocol


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `protocol` to the command line."""
    protocol = commands.add_parser("protocol", help="protocol files")
    actions = protocol.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="whether a protocol file can be used, else line and reason")
    check.add_argument("file", type=Path, help="a .toml file named after its protocol")
    check.add_argument("--json", action="store_true", help="print the protocol as JSON")
    check.set_defaults(command=_check)


def _check(given: argparse.Namespace) -> None:
    protocol = load_file(given.file)
    sys.stdout.write(json.dumps(protocol.to_json(), indent=2) + "\n" if given.json else _summary(protocol))


def _summary(protocol: Protocol) -> str:
    roles = ", ".join(f"{role.name}{' (labelled)' if role.labelled else ''}" for role in protocol.volumes)
    rows = (
        ("protocol", f"{protocol.name}, version {protocol.version}: {protocol.title}"),
        ("labels", ", ".join(f"{label.value} {label.name}" for label in protocol.labels)),
        ("options", ", ".join(option.name for option in protocol.options)),
        ("volumes", roles),
        ("layouts", ", ".join(layout.name for layout in protocol.layouts)),
        ("models", ", ".join(f"{model.name}{' (default)' if model.default else ''}" for model in protocol.models)),
        ("measures", ", ".join(protocol.measures)),
        ("statistics", ", ".join(protocol.statistics)),
        ("checks", ", ".join(check.name for check in protocol.checks)),
    )
    return "".join(f"{name:<11}{text}\n" for name, text in rows if text)

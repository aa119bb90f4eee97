"""`manage.py rerun PROTOCOL --phantoms -o FOLDER`: a published study from images to report, unattended."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.errors import ApplicationError, Conflict, InvalidInput
from blobs.services import BlobDamaged
from mri.errors import ImageError
from mri.phantom.makers import MAKERS
from protocols.loader import list_protocols
from radicula.rerun.context import RerunOrder
from radicula.rerun.running import require_order, rerun
from radicula.rerun.sizes import SIZES
from radicula.services.embedded import embedded_services
from radicula.services.errors import StartError
from radicula.services.parts import MANAGE

BAD_INPUT = 2


class Command(BaseCommand):
    """Run a study again: with a database and a broker of its own in FOLDER/site, or in the site that runs."""

    help = "Run a published study again, from images to the report; asked a second time it goes on where it stood."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is run, on what, and where to."""
        parser.add_argument("protocol", metavar="PROTOCOL", help=", ".join(one.name for one in list_protocols()))
        images = parser.add_mutually_exclusive_group(required=True)
        images.add_argument("--phantoms", action="store_true", help="on digital phantoms with simulated raters")
        images.add_argument("--data", type=Path, metavar="FOLDER", help="on a BIDS tree with derivatives/labels")
        parser.add_argument("--subjects", type=int, metavar="N", help="phantoms; the size's own number by default")
        parser.add_argument("--seed", type=int, default=0, metavar="S")
        parser.add_argument("--size", choices=list(SIZES), default="small", help="how long it trains (default small)")
        parser.add_argument(
            "--steps", type=int, metavar="N", help="of each training, in the place of the size's number"
        )
        parser.add_argument("--networks", type=int, metavar="N", help="of the protocol to compare, likewise")
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
        parser.add_argument("--in-site", action="store_true", help="in the database of the site that runs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse what can't be run, then run it."""
        try:
            order = _order(options)
            if options["in_site"]:
                rerun(order, self.stdout.write)
            else:
                _run_apart(order)
        except (Conflict, InvalidInput) as error:
            raise CommandError(error.detail, returncode=BAD_INPUT) from error
        except ApplicationError as error:
            raise CommandError(error.detail) from error
        except (StartError, ImageError, BlobDamaged) as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error


def _order(options: dict[str, Any]) -> RerunOrder:
    library = {one.name: one for one in list_protocols()}
    if options["protocol"] not in library:
        known = ", ".join(library)
        raise InvalidInput(f"There is no protocol '{options['protocol']}'; there are: {known}.")
    try:
        size = SIZES[options["size"]].with_choices(steps=options["steps"], networks=options["networks"])
    except ValueError as error:
        raise InvalidInput(str(error)) from error
    subjects = size.subjects if options["subjects"] is None else options["subjects"]
    order = RerunOrder(
        protocol=library[options["protocol"]],
        size=size,
        folder=options["output"].absolute(),
        seed=options["seed"],
        subjects=subjects if options["phantoms"] else 0,
        data=options["data"],
    )
    require_order(order, tuple(MAKERS))
    return order


def _run_apart(order: RerunOrder) -> None:
    """Run in a child process on services of its own: settings are read once, before any command."""
    with embedded_services(order.folder / "site") as addresses:
        environment = {**os.environ, **addresses.environment()}
        for command in (["migrate", "--noinput", "--verbosity", "0"], [*sys.argv[1:], "--in-site"]):
            done = subprocess.run([*MANAGE, *command], env=environment, check=False)
            if done.returncode != 0:
                # The child has said why.
                sys.exit(done.returncode)

"""`manage.py simulate_rounds`: replay a labelled dataset with an oracle, and plot strategies beside the baseline."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.errors import ApplicationError
from access.models import Study
from models_app import tasks
from protocols.loader import list_protocols
from selection.strategies import BASELINE, STRATEGIES


class Command(BaseCommand):
    """Replay rounds on labels that are there already."""

    help = (
        "Replay a labelled dataset round by round for several strategies and seeds, always beside foreground-aware "
        "random; write results.csv, results.json, curves.svg and curves.png. Kept steps are not done again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is replayed, and how."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--study", metavar="SLUG", help="its accepted labels, tested on its frozen test set")
        source.add_argument("--dataset", type=Path, metavar="FOLDER", help="a BIDS folder with label files")
        parser.add_argument("--protocol", default="", metavar="NAME", help="of a dataset")
        parser.add_argument("--raters", nargs="*", default=[], metavar="NAME", help="whose labels, most wanted first")
        parser.add_argument("--test", nargs="*", default=[], metavar="SUBJECT", help="exactly these test subjects")
        parser.add_argument("--test-share", type=float, default=0.3, metavar="SHARE", help="drawn where none is named")
        parser.add_argument(
            "--strategies", nargs="+", default=["entropy"], metavar="NAME",
            help=f"beside {BASELINE}: {', '.join(name for name in STRATEGIES if name != BASELINE)}",
        )  # fmt: skip
        parser.add_argument("--seeds", type=int, default=5, metavar="N")
        parser.add_argument("--first", type=int, default=2, metavar="N", help="cases to begin with")
        parser.add_argument("-k", type=int, default=2, metavar="N", help="cases chosen after each round")
        parser.add_argument("--rounds", type=int, default=3, metavar="N", help="trainings in all")
        parser.add_argument("--architecture", default="unet3d-small", metavar="NAME")
        parser.add_argument("--epochs", type=int, metavar="N")
        parser.add_argument("--steps-per-epoch", type=int, metavar="N")
        parser.add_argument("--learning-rate", type=float, metavar="RATE")
        parser.add_argument("--passes", type=int, metavar="N", help="of strategies that ask several times")
        parser.add_argument("--minutes-per-case", type=float, default=2.0, metavar="M", help="cost model, assumed")
        parser.add_argument("--minutes-per-voxel", type=float, default=0.002, metavar="M", help="per corrected voxel")
        parser.add_argument("--title", default="", help="over the plot")
        parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Replay, and print each strategy's areas as JSON."""
        for name in ("seeds", "first", "k", "rounds"):
            if options[name] < 1:
                raise CommandError(f"--{name} {options[name]} came; at least 1 is needed.")
        study = None
        if options["study"]:
            study = Study.objects.filter(slug=options["study"]).first()
            if study is None:
                raise CommandError(f"There is no study '{options['study']}'.")
        else:
            known = [protocol.name for protocol in list_protocols()]
            if options["protocol"] not in known:
                raise CommandError(f"--protocol names one of {', '.join(known)}; '{options['protocol']}' came.")
        try:
            result = tasks.simulate_rounds(study, options, self._tell)
        except ApplicationError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(json.dumps({"output": str(options["output"]), "strategies": result["strategies"]}))

    def _tell(self, share: float, message: str) -> None:
        self.stderr.write(f"{100 * share:3.0f} %  {message}")

"""`manage.py train`."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.engine.cohort import Cohort

pytestmark = pytest.mark.django_db


def test_it_trains_and_promotes_here_and_now() -> None:
    cohort = Cohort(("01", "02"))
    cohort.accept("01")
    out = io.StringIO()
    options = {"architecture": "unet3d-small", "epochs": 1, "train": ["01"], "promote": True}
    call_command("train", study="cord", stdout=out, **options)
    told = json.loads(out.getvalue())
    assert (told["name"], told["state"]) == ("cord v1 (unet3d-small)", "serving")
    nothing = {"mean": None, "sd": None, "n": 0, "subjects": 0, "ci": None, "undefined": "no value is defined"}
    assert told["scores"]["1"] == nothing


def test_it_says_in_one_sentence_why_not() -> None:
    Cohort(("01",))
    with pytest.raises(CommandError, match="No case outside the test set has an accepted label yet"):
        call_command("train", study="cord")
    with pytest.raises(CommandError, match="no study 'nowhere'"):
        call_command("train", study="nowhere")

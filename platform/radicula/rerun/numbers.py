"""The clinical measures of a re-run."""

from collections.abc import Mapping
from typing import Any

from clinical.selectors.plans import measures_of_study
from clinical.services.measuring import measures_request
from radicula.rerun.context import LEAD, Rerun
from radicula.rerun.jobs_here import job_finish

BODY_MASS_KG = 84.0
"""Of a phantom, which has none of its own: that of the published check of the loading model."""


def measures_make(run: Rerun) -> str:
    """Compute the protocol's clinical measures of every label map that counts."""
    named = measures_of_study(run.study)
    if not named:
        return "the protocol names none"
    weighed = run.simulated and any(measure.name == "loading" for measure in named)
    options: Mapping[str, Mapping[str, Any]] = {"loading": {"body_mass_kg": BODY_MASS_KG}} if weighed else {}
    result = job_finish(measures_request(study=run.study, by=run.user(LEAD), options=options)).result or {}
    return f"{result['computed']} tables, {result['undefined']} of them without a number"

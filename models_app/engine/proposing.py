"""Proposing in bulk: image by image, each kept at once; what fails is tried once more at the end."""

import logging
import time
from collections.abc import Callable
from typing import Any

import torch

from access.errors import ApplicationError, Conflict
from blobs.services import BlobDamaged
from jobs.running import JobCancelled, JobFailed, JobRun
from models_app.engine.app import RadiculaApp
from models_app.engine.files import input_files
from models_app.engine.inference import ModelVersionInference
from models_app.models import ModelVersion, Proposal, ProposalRequest, RequestState
from models_app.services.proposals import proposal_keep
from mri.errors import ImageError

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 2

KILLED = "The worker stopped while it worked on this image, twice: its memory may not suffice."


class BulkProposal:
    """The requests of one job, carried out.

    Where each request stands is in its row: a job that was cancelled or lost its worker goes on with those that wait.

    Parameters
    ----------
    version : ModelVersion
        Who proposes, with its study and weights.
    job_run : JobRun
        For whom.
    """

    def __init__(self, version: ModelVersion, job_run: JobRun) -> None:
        self.version, self.job_run = version, job_run
        self.requests = ProposalRequest.objects.filter(job=job_run.job).order_by("place")

    def run(self) -> dict[str, Any]:
        """Propose for all that waits.

        Returns
        -------
        dict
            `made`, a number; `skipped` and `failed`, `[{"case", "volume", "reason"}]`; `model_version`.

        Raises
        ------
        JobCancelled
            If the user asked to stop; what was made stays.
        JobFailed
            If no proposal could be made.
        """
        if not self.requests.filter(state=RequestState.WAITING).exists():
            # Somebody runs a job again that had come to its end: what failed gets another chance.
            self.requests.filter(state=RequestState.FAILED).update(state=RequestState.WAITING, attempts=0, reason="")
        self.job_run.report(0.0, f"loading {self.version.name}")
        inference = RadiculaApp(self.version.study, self.version).inference()
        for _ in range(MOST_ATTEMPTS):
            # An image that failed waits for the next round: memory or a disk that was short may be there again by then.
            for request in self._waiting():
                self._try(inference, request)
        return self._result()

    def _waiting(self) -> list[ProposalRequest]:
        rows = self.requests.filter(state=RequestState.WAITING).select_related(
            "volume__case__subject", "volume__case__study", "volume__original"
        )
        return list(rows)

    def _try(self, inference: ModelVersionInference, request: ProposalRequest) -> None:
        if request.attempts >= MOST_ATTEMPTS:
            _end(request, RequestState.FAILED, request.reason or KILLED)
            return
        name = request.volume.case.name
        total, open_ones = self.requests.count(), self.requests.filter(state=RequestState.WAITING).count()
        again = ", once more" if request.attempts else ""
        fraction, message = 1 - open_ones / total, f"proposing for {name}{again} ({total - open_ones + 1} of {total})"
        self.job_run.report(fraction, message)
        # Written before the work: an image that takes the worker down must not do so for ever.
        request.attempts += 1
        request.save(update_fields=["attempts"])
        try:
            proposal = self._propose(inference, request, lambda: self.job_run.report(fraction, message))
        except JobCancelled:
            request.attempts -= 1
            request.save(update_fields=["attempts"])
            raise
        except Conflict as error:
            _end(request, RequestState.SKIPPED, error.detail)  # nothing that another attempt could change
        except (ApplicationError, ImageError, BlobDamaged, RuntimeError, OSError, ValueError) as error:
            self._failed(request, error)
        else:
            request.proposal = proposal
            _end(request, RequestState.MADE, "")

    def _failed(self, request: ProposalRequest, error: Exception) -> None:
        known = isinstance(error, ApplicationError | ImageError | BlobDamaged)
        if not known:
            log.exception("Proposing for %s failed", request.volume.name)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        request.reason = (
            str(error) if known else f"It stopped on an unexpected error ({type(error).__name__}: {error})."
        )
        if request.attempts >= MOST_ATTEMPTS:
            _end(request, RequestState.FAILED, request.reason)
        else:
            request.save(update_fields=["reason"])

    def _propose(
        self, inference: ModelVersionInference, request: ProposalRequest, cancelled: Callable[[], None]
    ) -> Proposal:
        existing = Proposal.objects.filter(model_version=self.version, volume=request.volume).first()
        if existing is not None and existing.job_id == self.job_run.job.pk:
            return existing  # the worker was lost between the two
        if existing is not None:
            raise Conflict(f"{self.version.name} has proposed for it already.")
        started = time.perf_counter()
        prediction = inference.predict(input_files(request.volume, inference.specification.other_roles), cancelled)
        return proposal_keep(
            volume=request.volume,
            version=self.version,
            voxels=prediction.labels.voxels,
            job=self.job_run.job,
            seconds=time.perf_counter() - started,
            box=inference.box_json(prediction),
        )

    def _result(self) -> dict[str, Any]:
        rows = list(self.requests.select_related("volume__case__subject"))
        told = {
            state: [
                {"case": row.volume.case.name, "volume": str(row.volume_id), "reason": row.reason}
                for row in rows
                if row.state == state
            ]
            for state in (RequestState.SKIPPED, RequestState.FAILED)
        }
        made = sum(row.state == RequestState.MADE for row in rows)
        lost = told[RequestState.FAILED] or told[RequestState.SKIPPED]
        if lost and not made:
            raise JobFailed(f"No proposal could be made. {lost[0]['case']}: {lost[0]['reason']}")
        return {
            "made": made,
            "skipped": told[RequestState.SKIPPED],
            "failed": told[RequestState.FAILED],
            "model_version": str(self.version.pk),
        }


def _end(request: ProposalRequest, state: RequestState, reason: str) -> None:
    request.state, request.reason = state, reason
    request.save(update_fields=["state", "reason", "proposal"])

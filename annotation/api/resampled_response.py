"""Voxels on another grid as an HTTP answer: the voxels, or "being computed, ask again"."""

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from access.models import Study, User
from annotation.api.blob_response import blob_response
from annotation.selectors.resampled import Resampling, resampled_find
from annotation.serializers.volumes import VoxelsPendingOutput
from annotation.services.resampling import resampled_request

ASK_AGAIN_SECONDS = 1


def resampled_response(
    request: Request, *, study: Study, question: Resampling, title: str, by: User
) -> HttpResponseBase:
    """Answer 200 with the voxels where they are there, else 202 once a worker has been asked for them.

    A 202 carries `Retry-After`; the same address answers 200 when the worker is done, and 409 with the reason where it
    failed. Nothing is computed in the web process.
    """
    sha256 = resampled_find(question)
    if sha256 is not None:
        return blob_response(request, sha256, gzipped=True)
    job = resampled_request(study=study, question=question, title=title, by=by)
    headers = {"Retry-After": str(ASK_AGAIN_SECONDS), "Cache-Control": "no-store"}
    return Response(VoxelsPendingOutput(job).data, status=202, headers=headers)

"""`/datastore/`: what there is, images and labels out, labels in."""

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NoReturn

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from access.errors import InvalidInput, NotAllowed, NotFound
from access.selectors import user_of
from annotation.api.blob_response import blob_response
from annotation.models import LabelVersion
from annotation.services.nifti import label_nifti
from models_app.monailabel_rest import images
from models_app.monailabel_rest.authentication import FormView, ProtocolView
from models_app.services.client_files import SUFFIXES, client_labels_read, segments_read
from models_app.services.client_labels import client_label_note, client_label_save


class Datastore(ProtocolView):
    """`GET /datastore/?output=stats|all|train`."""

    def get(self, request: Request, slug: str) -> Response:
        study, user = self.study(request), user_of(request)
        output = request.query_params.get("output", "stats")
        if output == "all":
            return Response(images.everything(study, user))
        if output == "train":
            # The stock server answers with paths of its disk; here a training takes a frozen list instead.
            return Response([])
        return Response(images.stats(study, user))

    def put(self, request: Request, slug: str) -> NoReturn:
        """Refuse an image."""
        raise NotAllowed("Images are imported on the study's page, which checks them.")

    def delete(self, request: Request, slug: str) -> NoReturn:
        """Refuse to delete."""
        raise NotAllowed("Images and labels are never deleted.")


class Image(ProtocolView):
    """`GET, HEAD /datastore/image?image=&check_sum=`: the original bytes."""

    def get(self, request: Request, slug: str) -> HttpResponseBase:
        volume = images.image_get_for_user(self.study(request), user_of(request), request.query_params.get("image", ""))
        wanted = request.query_params.get("check_sum", "")
        if wanted and wanted.removeprefix("SHA256:") != volume.original_id:
            raise NotFound("The image has another SHA-256 checksum.")
        return blob_response(request, volume.original_id, filename=Path(volume.source_path).name)

    put = Datastore.put
    delete = Datastore.delete


class ImageInfo(ProtocolView):
    """`GET /datastore/image/info?image=`."""

    def get(self, request: Request, slug: str) -> Response:
        volume = images.image_get_for_user(self.study(request), user_of(request), request.query_params.get("image", ""))
        return Response(images.image_info(volume))


class Label(FormView):
    """`GET, HEAD /datastore/label?label=&tag=`, `PUT /datastore/label?image=&tag=` with `label` and `params`."""

    def get(self, request: Request, slug: str) -> HttpResponse:
        file = label_nifti(self._version(request))
        response = HttpResponse(file.content, content_type="application/octet-stream")
        # The client's pattern wants the name in double quotes.
        response["Content-Disposition"] = f'attachment; filename="{file.name}"'
        return response

    def put(self, request: Request, slug: str) -> Response:
        """Save a label as a version of the user's own task; `tag=final` hands the task in."""
        study, user = self.study(request), user_of(request)
        volume = images.image_get_for_user(study, user, request.query_params.get("image", ""))
        tag = request.query_params.get("tag") or images.FINAL
        if tag not in images.TAGS:
            raise InvalidInput(f"A label is saved as {' or '.join(images.TAGS)}; '{tag}' came.", {"tag": ["Unknown."]})
        sent = request.FILES.get("label")
        if sent is None:
            raise InvalidInput("Send the label map as the file 'label'.", {"label": ["Missing."]})
        suffix = next((suffix for suffix in SUFFIXES if (sent.name or "").endswith(suffix)), None)
        if suffix is None or (sent.name or "").endswith(".seg.nrrd"):
            raise InvalidInput(
                f"A label map is sent as {', '.join(SUFFIXES[:-1])}, or as raw voxels in {SUFFIXES[-1]}.",
                {"label": ["Not a label map that can be read."]},
            )
        segments = segments_read(request.data.get("params"))
        with NamedTemporaryFile(prefix="radicula-", suffix=suffix) as file:
            for piece in sent.chunks():
                file.write(piece)
            file.flush()
            labels = client_labels_read(Path(file.name), volume, segments)
        client_label_save(volume=volume, by=user, labels=labels, submit=tag == images.FINAL)
        return Response({"image": str(volume.pk), "label": str(volume.pk)})

    def delete(self, request: Request, slug: str) -> NoReturn:
        """Refuse to delete."""
        raise NotAllowed("Images and labels are never deleted.")

    def _version(self, request: Request) -> LabelVersion:
        study, user = self.study(request), user_of(request)
        wanted = request.query_params.get("label") or request.query_params.get("image", "")
        volume = images.image_get_for_user(study, user, wanted)
        version = images.label_find_for_user(study, user, volume, request.query_params.get("tag") or images.FINAL)
        if version is None:
            raise NotFound("There is no such label, or it is not yours to see.")
        return version


class LabelInfo(Label):
    """`GET, PUT /datastore/label/info?label=&tag=`, with the form field `info`; `PUT` also at its older address.

    `/datastore/updatelabelinfo` calls the field `params`.
    """

    http_method_names = ("get", "head", "put", "options")

    def get(self, request: Request, slug: str) -> Response:
        return Response(images.label_info(self._version(request)))

    def put(self, request: Request, slug: str) -> Response:
        """Note something about a label in the study's log; the label version itself is never changed."""
        version = self._version(request)
        text = str(request.data.get("info") or request.data.get("params") or "")
        client_label_note(version=version, by=user_of(request), text=text)
        return Response({})

"""`/session/`: an image that a client sends, to be segmented without becoming part of the study."""

from rest_framework.request import Request
from rest_framework.response import Response

from access.errors import InvalidInput
from access.selectors import user_of
from models_app.monailabel_rest.authentication import FormView
from models_app.services.client_sessions import ClientSession, session_create, session_get, session_remove


class Sessions(FormView):
    """`PUT /session/?expiry=` with the image as `files`."""

    def put(self, request: Request, slug: str) -> Response:
        study, sent = self.study(request), request.FILES.getlist("files")
        if len(sent) != 1:
            raise InvalidInput(
                f"A session takes one image as the file 'files'; {len(sent)} came. A DICOM series is imported on the "
                "study's page.",
                {"files": ["One image."]},
            )
        expiry = request.query_params.get("expiry", "0")
        if not expiry.isdigit():
            raise InvalidInput(f"'expiry' is a number of seconds; '{expiry}' came.", {"expiry": ["A whole number."]})
        session = session_create(
            study=study, user=user_of(request), name=sent[0].name or "", pieces=sent[0].chunks(), seconds=int(expiry)
        )
        return Response({"session_id": session.id, "session_info": session.to_json()})


class Session(FormView):
    """`GET, DELETE /session/{id}`: its owner's alone."""

    def get(self, request: Request, slug: str, session_id: str) -> Response:
        return Response(self._session(request, session_id).to_json())

    def delete(self, request: Request, slug: str, session_id: str) -> Response:
        """End it."""
        session = self._session(request, session_id)
        session_remove(session=session)
        return Response(session.to_json())

    def _session(self, request: Request, session_id: str) -> ClientSession:
        return session_get(study=self.study(request), user=user_of(request), session_id=session_id)

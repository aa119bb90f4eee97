"""A study's protocol over HTTP: its version, what a newer one changes, and taking it."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.models import Role, Study
from access.selectors import study_get_for_user, study_get_with_role, user_of
from annotation.serializers.studies import ProtocolUpgradeInput, ProtocolUpgradeOutput
from annotation.services.protocol_upgrade import Upgrade, protocol_upgrade, upgrade_offered


def _told(study: Study, offered: Upgrade) -> Response:
    newer = offered.protocol
    told = {
        "name": study.protocol_name,
        "title": study.protocol["title"],
        "version": study.protocol_version,
        "newer": newer.version if newer is not None else None,
        "changes": offered.changes,
        "refusals": offered.refusals,
    }
    return Response(ProtocolUpgradeOutput(told).data)


class StudyProtocol(APIView):
    """The protocol of a study."""

    @extend_schema(responses=ProtocolUpgradeOutput)
    def get(self, request: Request, slug: str) -> Response:
        """Its version, and what the library's newer one would change."""
        study = study_get_for_user(user_of(request), slug)
        return _told(study, upgrade_offered(study))

    @extend_schema(request=ProtocolUpgradeInput, responses=ProtocolUpgradeOutput)
    def post(self, request: Request, slug: str) -> Response:
        """Take the newer version; refused where it would change the meaning of stored labels."""
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD)
        given = ProtocolUpgradeInput(data=request.data)
        given.is_valid(raise_exception=True)
        study = protocol_upgrade(study=study, by=user, text=given.validated_data["file"])
        return _told(study, upgrade_offered(study))


class StudyProtocolPreview(APIView):
    """What a file of one's own would change."""

    @extend_schema(request=ProtocolUpgradeInput, responses=ProtocolUpgradeOutput)
    def post(self, request: Request, slug: str) -> Response:
        """The same answer for a newer version in a file; nothing is changed."""
        study = study_get_with_role(user_of(request), slug, Role.LEAD)
        given = ProtocolUpgradeInput(data=request.data)
        given.is_valid(raise_exception=True)
        return _told(study, upgrade_offered(study, given.validated_data["file"]))

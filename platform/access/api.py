"""Signing in, protocols, the team and the audit log over HTTP."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db.models import QuerySet
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework.authtoken.models import Token
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from access.errors import NotFound, NotSignedIn
from access.models import Event, Membership, Role, User
from access.protocol_files import protocol_from_text
from access.selectors import event_list, membership_list, study_get_for_user, study_get_with_role, user_of
from access.serializers import (
    CredentialsInput,
    EventOutput,
    MemberInput,
    MemberOutput,
    ProtocolFileInput,
    ProtocolOutput,
    SessionOutput,
    TokenOutput,
)
from access.services import event_record, member_add, member_remove
from protocols import loader

WRONG_CREDENTIALS = "The user name and the password do not belong together."


def _authenticated(request: Request) -> User:
    given = CredentialsInput(data=request.data)
    given.is_valid(raise_exception=True)
    user = authenticate(request, **given.validated_data)
    if not isinstance(user, User):
        raise NotSignedIn(WRONG_CREDENTIALS)
    return user


def _session(request: Request) -> dict[str, Any]:
    user = request.user if request.user.is_authenticated else None
    return SessionOutput({"user": user, "csrf_token": get_token(request), "demo_logins": settings.DEMO_LOGINS}).data


class LogIn(APIView):
    """Start a session."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign-in"

    @extend_schema(request=CredentialsInput, responses=SessionOutput)
    def post(self, request: Request) -> Response:
        user = _authenticated(request)
        login(request, user)
        request.user = user
        event_record(study=None, actor=user, verb="user.signed_in", subject=user)
        return Response(_session(request))


class LogOut(APIView):
    """End the session."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        logout(request)
        return Response(status=204)


class TokenCreate(APIView):
    """A token for scripts and tools: send it as `Authorization: Token ...`."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign-in"

    @extend_schema(request=CredentialsInput, responses=TokenOutput)
    def post(self, request: Request) -> Response:
        user = _authenticated(request)
        token, made = Token.objects.get_or_create(user=user)
        if made:
            event_record(study=None, actor=user, verb="token.created", subject=user)
        return Response({"token": token.key})


class Session(APIView):
    """Who is signed in; null for nobody."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=SessionOutput)
    def get(self, request: Request) -> Response:
        return Response(_session(request))


class ProtocolList(APIView):
    """The library of protocols."""

    @extend_schema(responses=ProtocolOutput(many=True))
    def get(self, request: Request) -> Response:
        return Response(ProtocolOutput(loader.list_protocols(), many=True).data)


class ProtocolCheck(APIView):
    """A protocol file of one's own."""

    @extend_schema(request=ProtocolFileInput, responses=ProtocolOutput)
    def post(self, request: Request) -> Response:
        """Read a file, and keep nothing: what is in it, or where it is wrong and why."""
        given = ProtocolFileInput(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(ProtocolOutput(protocol_from_text(given.validated_data["file"])).data)


class ProtocolDetail(APIView):
    """One protocol, whole."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request, name: str) -> Response:
        library = {row.name: row for row in loader.list_protocols()}
        if name not in library:
            raise NotFound(f"There is no protocol '{name}'; there are: {', '.join(library)}.")
        return Response(library[name].to_json())


class MemberList(ListAPIView[Membership]):
    """The team of a study."""

    serializer_class = MemberOutput
    queryset = Membership.objects.none()

    def get_queryset(self) -> QuerySet[Membership]:
        return membership_list(study_get_for_user(user_of(self.request), self.kwargs["slug"]))

    @extend_schema(request=MemberInput, responses={201: MemberOutput})
    def post(self, request: Request, slug: str) -> Response:
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD)
        given = MemberInput(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(MemberOutput(member_add(study=study, by=user, **given.validated_data)).data, status=201)


class MemberDetail(APIView):
    """A member of a study."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, slug: str, membership_id: UUID) -> Response:
        user = user_of(request)
        study = study_get_with_role(user, slug, Role.LEAD)
        member_remove(study=study, membership_id=str(membership_id), by=user)
        return Response(status=204)


class EventList(ListAPIView[Event]):
    """The audit log of a study."""

    serializer_class = EventOutput
    queryset = Event.objects.none()

    def get_queryset(self) -> QuerySet[Event]:
        return event_list(study_get_with_role(user_of(self.request), self.kwargs["slug"], Role.LEAD))

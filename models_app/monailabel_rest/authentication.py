"""Signing in as MONAI Label's clients do: a bearer token, which is the user's token of this site."""

import io
from typing import Any

from django.contrib.auth import authenticate
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    TokenAuthentication,
)
from rest_framework.authtoken.models import Token
from rest_framework.parsers import BaseParser, FormParser, JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from access.errors import NotSignedIn
from access.models import Study, User
from access.selectors import study_get_for_user, user_of
from access.serializers import CredentialsInput
from access.services import event_record


class BearerAuthentication(TokenAuthentication):
    """`Authorization: Bearer <the user's token of this site>`, as MONAI Label's clients send it."""

    keyword = "Bearer"


class TextAsJson(JSONParser):
    """JSON whatever it is called: clients send it as `text/plain`, or name the type of their previous request."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body as JSON; an empty one is an empty object."""
        body = stream.read()
        if not body.strip():
            return {}
        return super().parse(io.BytesIO(body), media_type, parser_context)


class ProtocolView(APIView):
    """A page of MONAI Label's protocol. It is not part of the site's own API description.

    Passwords are taken at `auth/token` alone, where attempts are counted: HTTP Basic would let them be guessed on every
    page, and MONAI Label's client does not use it.
    """

    schema = None
    authentication_classes: tuple[type[BaseAuthentication], ...] = (
        BearerAuthentication,
        TokenAuthentication,
        SessionAuthentication,
    )
    parser_classes: tuple[type[BaseParser], ...] = (JSONParser, TextAsJson)

    def study(self, request: Request) -> Study:
        """The study in the address, which the user must be a member of."""
        return study_get_for_user(user_of(request), self.kwargs["slug"])


class FormView(ProtocolView):
    """A page that takes forms and files."""

    parser_classes = (MultiPartParser, FormParser, JSONParser, TextAsJson)


class AuthEnabled(ProtocolView):
    """Whether clients must sign in: always. Asked before signing in, so it says nothing about the study."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request, slug: str) -> Response:
        return Response({"enabled": True, "client_id": "radicula", "realm": ""})


class AuthToken(ProtocolView):
    """User name and password for a token."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (FormParser, MultiPartParser, JSONParser)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign-in"

    def post(self, request: Request, slug: str) -> Response:
        given = CredentialsInput(data=request.data)
        given.is_valid(raise_exception=True)
        user = authenticate(request, **given.validated_data)
        if not isinstance(user, User):
            raise NotSignedIn("The user name and the password do not belong together.")
        token, made = Token.objects.get_or_create(user=user)
        if made:
            event_record(study=None, actor=user, verb="token.created", subject=user)
        return Response({"access_token": token.key, "token_type": "Bearer"})


class AuthValid(ProtocolView):
    """Whether the token that came along is valid, and for a member of this study."""

    def get(self, request: Request, slug: str) -> Response:
        self.study(request)
        return Response({"username": user_of(request).username})

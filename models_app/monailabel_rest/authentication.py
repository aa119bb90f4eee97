"""Signing in as MONAI Label's clients can: a bearer token, the token as a password, or an address with a key.

docs/how-to-slicer-ohif.md says which client takes which.
"""

import base64
import binascii
import io
from typing import Any

from django.contrib.auth import authenticate
from django.http.response import HttpResponseBase
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    TokenAuthentication,
    get_authorization_header,
)
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.parsers import BaseParser, FormParser, JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from access.errors import NotFound, NotSignedIn
from access.models import Study, User
from access.selectors import study_get_for_user, user_of
from access.serializers import CredentialsInput
from access.services import event_record
from models_app.monailabel_rest.addresses import key_find_user, key_make

KEY_META = "radicula.client_key"
"""Where a request keeps the key of its address. No header of a client can have this name."""


class KeyAuthentication(BaseAuthentication):
    """`/monailabel/<study>/key/<key>/...`: for clients that can send nothing but an address."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        given = request.META.get(KEY_META)
        if given is None:
            return None
        key, slug = given
        user = key_find_user(key, slug)
        if user is None:
            raise NotSignedIn("The key in the address is not valid (any more); ask for a new address.")
        return user, key


class BearerAuthentication(TokenAuthentication):
    """`Authorization: Bearer <the user's token of this site>`, as MONAI Label's clients send it."""

    keyword = "Bearer"


class TokenAsPassword(TokenAuthentication):
    """HTTP Basic with the user's name, or any, and the user's token as the password.

    Passwords themselves are taken at `auth/token` alone, where attempts are counted: here they could be guessed on
    every page, which nobody can with a token.
    """

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        kind, _, packed = get_authorization_header(request).partition(b" ")
        if kind.lower() != b"basic":
            return None
        try:
            _, _, token = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise NotSignedIn("The Basic authorization can't be read.") from error
        try:
            found: tuple[Any, Any] = self.authenticate_credentials(token)
        except AuthenticationFailed as error:
            raise NotSignedIn("HTTP Basic takes the user's token as the password, not the password itself.") from error
        return found


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
    """A page of MONAI Label's protocol. It is not part of the site's own API description."""

    schema = None
    authentication_classes: tuple[type[BaseAuthentication], ...] = (
        BearerAuthentication,
        KeyAuthentication,
        TokenAuthentication,
        TokenAsPassword,
        SessionAuthentication,
    )
    parser_classes: tuple[type[BaseParser], ...] = (JSONParser, TextAsJson)

    def dispatch(self, request: Any, *args: Any, key: str | None = None, **kwargs: Any) -> HttpResponseBase:
        """Put the key of the address aside; no page needs it."""
        if key is not None:
            request.META[KEY_META] = (key, kwargs["slug"])
        return super().dispatch(request, *args, **kwargs)

    def study(self, request: Request) -> Study:
        """The study in the address, which the user must be a member of."""
        return study_get_for_user(user_of(request), self.kwargs["slug"])


class FormView(ProtocolView):
    """A page that takes forms and files."""

    parser_classes = (MultiPartParser, FormParser, JSONParser, TextAsJson)


class AuthEnabled(ProtocolView):
    """Whether clients must sign in: always, unless a key in the address did.

    Asked before signing in, so it says nothing about the study.
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request, slug: str) -> Response:
        key, _ = request.META.get(KEY_META, ("", slug))
        signed_in = bool(key) and key_find_user(key, slug) is not None
        return Response({"enabled": not signed_in, "client_id": "radicula", "realm": ""})


class AuthAddress(ProtocolView):
    """The address of this study that signs the user in by itself."""

    def get(self, request: Request, slug: str) -> Response:
        study = self.study(request)
        key = key_make(user_of(request), study)
        return Response({"address": request.build_absolute_uri(f"/monailabel/{study.slug}/key/{key}/")})


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


class Unknown(ProtocolView):
    """What is none of the protocol's pages, or none that is offered: the same answer for all, in JSON."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse, whatever the method."""
        raise NotFound("MONAI Label's protocol has no such page here.")

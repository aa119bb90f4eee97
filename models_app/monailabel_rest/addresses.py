"""Addresses that sign a client in by themselves: `/monailabel/<study>/key/<key>/...`.

3D Slicer fetches images with a plain GET and OHIF sends no header of its own, so both can carry a secret in the address
of the server alone. The key opens the protocol of one study and nothing else of the site. It follows from the user's
token: a new token ends it. Nothing of it is stored, and the web server writes no log of addresses.
"""

import hmac

from django.utils.crypto import salted_hmac
from rest_framework.authtoken.models import Token

from access.models import Study, User

KEY = r"\d{1,12}-[0-9a-f]{40}"
_SALT = "radicula.monailabel.address"
_DIGITS = 40


def key_make(user: User, study: Study) -> str:
    """The key of a user for a study; makes the user's token where there is none yet."""
    token, _ = Token.objects.get_or_create(user=user)
    return f"{user.pk}-{_digest(token, study)}"


def key_find_user(key: str, slug: str) -> User | None:
    """Whose key it is; None for a key of nobody, of another study, or of an account that was closed."""
    number, _, digest = key.partition("-")
    token = Token.objects.select_related("user").filter(user_id=int(number), user__is_active=True).first()
    study = Study.objects.filter(slug=slug).first()
    if token is None or study is None or not hmac.compare_digest(digest, _digest(token, study)):
        return None
    user: User = token.user
    return user


def _digest(token: Token, study: Study) -> str:
    return salted_hmac(_SALT, f"{token.user_id}:{study.pk}:{token.key}", algorithm="sha256").hexdigest()[:_DIGITS]

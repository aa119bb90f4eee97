"""The front end's one page: every path that is no API path gets it, and the router in it does the rest."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from radicula.settings import FRONTEND

NOT_BUILT = "The front end is not built yet: run `make setup`, which builds it, and load this page again.\n"


def front_end(request: HttpRequest) -> HttpResponse:
    """Serve the built page, and set the CSRF cookie that its requests need."""
    page = FRONTEND / "index.html"
    if not page.is_file():
        return HttpResponse(NOT_BUILT, status=503, content_type="text/plain")
    get_token(request)
    response = HttpResponse(page.read_bytes(), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response

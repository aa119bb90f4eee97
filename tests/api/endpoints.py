"""Every address of the API, read from the site's own URL configuration."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")
PREFIX = "api/v1/"
DOCUMENTATION = ("schema/", "docs/")


def endpoints() -> list[tuple[str, str]]:
    """Method and route of everything that the API answers, its own documentation left out."""
    found = [
        (method.upper(), route.removeprefix(PREFIX))
        for route, pattern in _walk("", get_resolver().url_patterns)
        if route.startswith(PREFIX) and route.removeprefix(PREFIX) not in DOCUMENTATION
        for method in METHODS
        if hasattr(pattern.callback.view_class, method)
    ]
    return sorted(found, key=lambda one: (one[1], one[0]))


def _walk(prefix: str, patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(route, pattern.url_patterns)
        else:
            yield route, pattern


def fill(route: str, values: dict[str, object]) -> str:
    """The address of a route: `tasks/<uuid:task_id>` with `{"task_id": ...}`."""
    for name, value in values.items():
        for kind in ("uuid", "slug", "str", "int"):
            route = route.replace(f"<{kind}:{name}>", str(value))
    return f"/{PREFIX}{route}"

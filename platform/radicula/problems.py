"""Errors -> HTTP: problem documents (RFC 9457), made in this one place."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from access.errors import ApplicationError, InvalidInput, NotAllowed, NotFound
from mri.errors import ImageError
from protocols.errors import ProtocolError

CONTENT_TYPE = "application/problem+json"


def problem(status: int, title: str, detail: str, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    """The body of a problem document."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if fields:
        body["errors"] = fields
    return body


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler: every expected error as a problem document.

    An unexpected error returns None and so stays a logged 500 without details.
    """
    application = _as_application_error(error)
    if application is not None:
        body = problem(application.status, application.title, application.detail, application.fields)
        return Response(body, status=application.status, content_type=CONTENT_TYPE)
    response = exception_handler(error, context)
    if response is None:
        return None
    fields = _field_messages(error.detail) if isinstance(error, exceptions.ValidationError) else {}
    detail = _sentence(error, fields)
    title = InvalidInput.title if fields else str(getattr(error, "default_detail", "") or response.status_text)
    return Response(
        problem(response.status_code, title, detail, fields),
        status=response.status_code,
        headers={name: value for name, value in response.items() if name.lower() != "content-type"},
        content_type=CONTENT_TYPE,
    )


def _as_application_error(error: Exception) -> ApplicationError | None:
    match error:
        case ApplicationError():
            return error
        case ImageError() | ProtocolError():
            return InvalidInput(str(error))
        case ValidationError():
            fields = error.message_dict if hasattr(error, "error_dict") else {}
            return InvalidInput(" ".join(error.messages), fields)
        case Http404():
            return NotFound("There is nothing at this address.")
        case PermissionDenied():
            return NotAllowed(str(error) or "You may not do this.")
    return None


def _field_messages(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Flatten DRF's nested details to `{"a.b": ["message"]}`."""
    if isinstance(detail, dict):
        merged: dict[str, list[str]] = {}
        for name, inner in detail.items():
            merged.update(_field_messages(inner, f"{prefix}.{name}" if prefix else str(name)))
        return merged
    if isinstance(detail, list):
        if any(isinstance(item, dict | list) for item in detail):
            merged = {}
            for index, item in enumerate(detail):
                merged.update(_field_messages(item, f"{prefix}.{index}"))
            return merged
        return {prefix or "non_field_errors": [str(item) for item in detail]}
    return {prefix or "non_field_errors": [str(detail)]}


def _sentence(error: Exception, fields: dict[str, list[str]]) -> str:
    if fields:
        named = (f"{name}: {' '.join(messages)}" for name, messages in fields.items())
        return "; ".join(text.removeprefix("non_field_errors: ") for text in named)
    return str(getattr(error, "detail", error))

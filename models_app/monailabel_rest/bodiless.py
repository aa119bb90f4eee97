"""Lets MONAI Label's client work with an ASGI server.

Once it is signed in, `monailabel.client.MONAILabelClient` keeps one dictionary of headers and adds the content length
of each upload to it. Its next GET then announces a body that never comes, and Django, which reads the body before it
calls a view, would wait until the client gives up. A GET, HEAD or DELETE of this protocol has no body, so none is read.
https://github.com/Project-MONAI/MONAILabel/blob/main/monailabel/client/client.py (`http_method`)
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/monailabel/"
METHODS = ("GET", "HEAD", "DELETE")


def without_announced_bodies(application: Application) -> Application:
    """Wrap an ASGI application so that requests without a body are taken as such, whatever their headers announce."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in METHODS and scope["path"].startswith(PREFIX):
            announced = (b"content-length", b"content-type")
            scope = {**scope, "headers": [row for row in scope["headers"] if row[0].lower() not in announced]}
            receive = _empty_body(receive)
        await application(scope, receive, send)

    return wrapped


def _empty_body(receive: Receive) -> Receive:
    told = False

    async def receive_nothing() -> Message:
        nonlocal told
        if not told:
            told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        while (message := await receive())["type"] != "http.disconnect":
            pass
        return message

    return receive_nothing

"""Protocols of the library, and files that a lab wrote itself."""

from access.errors import InvalidInput
from protocols import loader
from protocols.errors import ProtocolError
from protocols.protocol import Protocol

FIELD = "file"


def library_protocols() -> dict[str, Protocol]:
    """Every protocol of the library, by name."""
    return {one.name: one for one in loader.list_protocols()}


def protocol_from_text(text: str) -> Protocol:
    """Read a lab's own protocol file.

    Parameters
    ----------
    text : str
        TOML.

    Returns
    -------
    Protocol

    Raises
    ------
    InvalidInput
        With line, key, what came and what was expected, beside the field `file`; or where the file has the name of a
        protocol of the library and says something else.
    """
    try:
        protocol = loader.loads(text, "")
    except ProtocolError as error:
        message = str(error)
        raise InvalidInput(message[:1].upper() + message[1:], {FIELD: [message[:1].upper() + message[1:]]}) from error
    ours = library_protocols().get(protocol.name)
    if ours is not None and ours != protocol:
        message = f"The library has a protocol '{ours.name}' that says something else; give yours another name."
        raise InvalidInput(message, {FIELD: [message]})
    return protocol

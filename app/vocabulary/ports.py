"""The sockets of this vocabulary, written short, and those that several node types share."""

from __future__ import annotations

from node_registry import Socket, sockets


def port(id: str, type: str, title: str = "", **more: bool | str) -> Socket:
    """A socket whose title, where none is given, is its id as people write it."""
    named = title or id.replace("_", " ").capitalize()
    return Socket(id=id, type=type, title=named, **more)  # type: ignore[arg-type]


PREVIOUS = port("previous", sockets.SEQUENCE, "After")
NEXT = port("next", sockets.SEQUENCE, "Before")
PROMPT = port("prompt", sockets.TEXT)
CHARACTERS = port("characters", sockets.CHARACTER, many=True)
PROPS = port("props", sockets.ASSET_REFERENCE, many=True)
STYLE = port("style", sockets.STYLE)
ENVIRONMENT = port("environment", sockets.ENVIRONMENT)
PIPELINE = port("pipeline", sockets.PIPELINE)
CONTROL = port("control", sockets.CONTROL_MAP, many=True)
VIDEO = port("video", sockets.VIDEO)
IMAGE = port("image", sockets.IMAGE)
SOUND = port("audio", sockets.AUDIO)

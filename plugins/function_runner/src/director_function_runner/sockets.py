"""Which socket type an input or an output of a function has."""

from __future__ import annotations

from node_registry import SocketType, sockets

FILE = "function.file"
WEIGHTS = "function.weights"

SOCKET_TYPES = (
    SocketType(
        id=FILE,
        title="File",
        color="#8a8f98",
        media=True,
        accepts=(WEIGHTS,),
        description="A file of any kind, such as a table that a training reads.",
    ),
    SocketType(
        id=WEIGHTS,
        title="Weights",
        color="#b08d57",
        media=True,
        description="Trained weights, such as a LoRA.",
    ),
)

# Inputs that are bytes come by an edge; these are their types, and those of outputs.
MEDIA = {
    "image": sockets.IMAGE,
    "video": sockets.VIDEO,
    "audio": sockets.AUDIO,
    "file": FILE,
    "weights_file": WEIGHTS,
}
RESULTS = {
    **MEDIA,
    "string": sockets.TEXT,
    "int": sockets.NUMBER,
    "float": sockets.NUMBER,
    "bool": sockets.BOOLEAN,
}

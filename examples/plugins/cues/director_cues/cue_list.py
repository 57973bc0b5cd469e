"""The cue list: a socket type whose value is JSON, and how text becomes one."""

import re
from typing import Annotated

import msgspec

from node_registry import Converter, DirectorError, SocketType, sockets


class Cue(msgspec.Struct, frozen=True):
    """A moment, in seconds from the beginning, and what happens then."""

    at: Annotated[float, msgspec.Meta(ge=0, le=86_400)]
    text: str


CUE_LIST = SocketType(
    id="cues.list",
    title="Cue list",
    color="#c9a227",
    description='A list of moments: [{"at": 62.5, "text": "A door slams"}, …].',
)

LINE = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}(?:\.\d{1,3})?)\s+(\S.*)")


def read_cues(value):
    """A value of this type as `Cue`s, in order. Raises `cues.not_cues` for anything else."""
    try:
        return sorted(msgspec.convert(value, list[Cue]), key=lambda cue: cue.at)
    except msgspec.ValidationError as error:
        raise DirectorError("cues.not_cues", f"This is no cue list: {error}.") from error


def cues_of_text(text):
    """Lines such as `1:02.5 A door slams` as a cue list."""
    if not isinstance(text, str):
        raise DirectorError("cues.no_text", "A cue list is made from text.")
    cues = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        match = LINE.fullmatch(line.strip())
        if match is None:
            raise DirectorError(
                "cues.bad_line",
                f"Line {number} of the cues begins with no time: {line.strip()[:40]!r}.",
                hint='Write minutes, seconds and what happens: "1:02.5 A door slams".',
            )
        minutes, seconds, what = match.groups()
        cues.append(Cue(60 * int(minutes or 0) + float(seconds), what))
    return msgspec.to_builtins(read_cues(msgspec.to_builtins(cues)))


def text_of_cues(value):
    """A cue list as the lines that `cues_of_text` reads."""
    return "\n".join(f"{int(cue.at // 60)}:{cue.at % 60:g} {cue.text}" for cue in read_cues(value))


TEXT_TO_CUES = Converter(source=sockets.TEXT, target=CUE_LIST.id, convert=cues_of_text)
# Times are written to a thousandth, and so may lose a little.
CUES_TO_TEXT = Converter(source=CUE_LIST.id, target=sockets.TEXT, lossy=True, convert=text_of_cues)

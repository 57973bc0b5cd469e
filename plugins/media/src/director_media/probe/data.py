"""Files that are data, not media to look at: colour tables (.cube) and weights (.safetensors).

Runs in the child of the probe. Weights are read by their header alone: a file of many gigabytes
does not fit into the memory that the child may take.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from .refusal import Refused

MOST_HEADER = 100 << 20
LARGEST_CUBE = 256
LONGEST_TABLE = 65_536
_SIZES = {"LUT_3D_SIZE": "3d", "LUT_1D_SIZE": "1d"}
_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32,
    "I64": 64, "U64": 64, "F64": 64, "C64": 64,
}  # fmt: skip


def is_cube(head: bytes) -> bool:
    """Whether a file begins as a colour table does; its comments and title come first."""
    try:
        text = head.decode("utf-8-sig", "strict")
    except UnicodeDecodeError as error:
        # The beginning may end inside of a letter.
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode("utf-8-sig")
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        return words[0] in {*_SIZES, "TITLE", "DOMAIN_MIN", "DOMAIN_MAX", "LUT_3D_INPUT_RANGE"}
    return False


def examine_cube(path: Path) -> dict[str, Any]:
    """Kind and size of a colour table; every row is read, and must be three numbers."""
    kind, size, rows = "", 0, 0
    with path.open("r", encoding="utf-8-sig", errors="strict") as file:
        for line in _lines(file):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] in _SIZES:
                kind, size = _SIZES[words[0]], _size_of(words)
            elif words[0][0].isalpha():
                if rows:
                    raise _bad_cube("a line of words stands among its numbers")
            else:
                rows += 1
                _check_row(words, rows, size)
    wanted = size**3 if kind == "3d" else size
    if not kind or rows != wanted:
        raise _bad_cube(f"it has {rows} rows where {wanted} are said")
    return {"media_type": "application/x-cube-lut", "lut": kind, "size": size}


def _lines(file: Any) -> Any:
    try:
        while line := file.readline(1000):
            if len(line) == 1000:
                raise _bad_cube("a line has no end")
            yield line
    except UnicodeDecodeError as error:
        raise _bad_cube("it is no text") from error


def _size_of(words: list[str]) -> int:
    most = LARGEST_CUBE if words[0] == "LUT_3D_SIZE" else LONGEST_TABLE
    if len(words) != 2 or not words[1].isdigit() or not 2 <= int(words[1][:9]) <= most:
        raise _bad_cube(f"its size is not from 2 to {most}")
    return int(words[1])


def _check_row(words: list[str], row: int, size: int) -> None:
    if not size:
        raise _bad_cube("numbers come before its size")
    if row > max(size**3, size):
        raise _bad_cube("it has more rows than its size says")
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        numbers = []
    if len(numbers) != 3 or not all(map(math.isfinite, numbers)):
        raise _bad_cube(f"row {row} is not three numbers")


def _bad_cube(why: str) -> Refused:
    return Refused("damaged", f"The colour table (.cube) cannot be used: {why}.")


def is_safetensors(head: bytes, size: int) -> bool:
    """Whether a file begins as weights do: the length of a JSON header, and its brace."""
    return (
        len(head) > 9 and head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= size - 8
    )


def examine_safetensors(path: Path) -> dict[str, Any]:
    """How many tensors and numbers there are; each must lie in the file, with no gap between."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > MOST_HEADER:
            raise _bad_weights("its header is too long")
        try:
            header = json.loads(file.read(length))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            raise _bad_weights("its header is no JSON") from error
    if not isinstance(header, dict):
        raise _bad_weights("its header is no JSON object")
    metadata = header.pop("__metadata__", {})
    spans, types, numbers = [], set(), 0
    for name, tensor in header.items():
        start, end, count = _span_of(name, tensor)
        spans.append((start, end))
        types.add(tensor["dtype"])
        numbers += count
    place = 0
    for start, end in sorted(spans):
        if start != place:
            raise _bad_weights("its tensors do not follow each other")
        place = end
    if 8 + length + place != size:
        raise _bad_weights("it ends before its tensors do, or goes on after them")
    facts: dict[str, Any] = {
        "media_type": "application/x-safetensors",
        "tensors": len(spans),
        "parameters": numbers,
        "dtypes": sorted(types),
    }
    if isinstance(metadata, dict):
        # What trainers write of a model: a few words of it are of use to people.
        words = [(str(k)[:60], v[:200]) for k, v in metadata.items() if isinstance(v, str)]
        facts["metadata"] = dict(words[:20])
    return facts


def _span_of(name: str, tensor: Any) -> tuple[int, int, int]:
    try:
        bits, shape, (start, end) = _BITS[tensor["dtype"]], tensor["shape"], tensor["data_offsets"]
        whole = all(type(n) is int and n >= 0 for n in (start, end, *shape))
        count = math.prod(shape)
    except (KeyError, TypeError, ValueError) as error:
        raise _bad_weights(f"its tensor {name[:60]!r} is not described") from error
    if not whole or (end - start) * 8 != count * bits:
        raise _bad_weights(f"the size of its tensor {name[:60]!r} is not that of its shape")
    return start, end, count


def _bad_weights(why: str) -> Refused:
    return Refused("damaged", f"The weights (.safetensors) cannot be used: {why}.")

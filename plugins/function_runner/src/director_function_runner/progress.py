"""How far a function is, read from what it writes: tqdm's bars, a pattern, or lines of JSON."""

from __future__ import annotations

import json
import math
import re

from .manifest import Progress
from .values import Values

_TQDM = re.compile(
    r"^\s*(?:(?P<desc>[^|%]*?):\s*)?(?P<pct>\d+)%\|.*?\|\s*"
    r"(?P<n>[\d.]+)(?P<unit>[kMG]?)/(?P<total>[\d.]+)(?P<total_unit>[kMG]?)\s*\["
)
_UNITS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}
_LONGEST_LINE = 4096
# Of a line that is no JSON, a pattern that somebody wrote is tried on so much alone.
_LONGEST_MATCH = 1000


class LineReader:
    """Lines of a stream of bytes; a carriage return ends one too, as progress bars use it."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[str]:
        """The lines that are whole now."""
        *lines, self._rest = re.split(rb"[\r\n]", self._rest + chunk)
        if len(self._rest) > _LONGEST_LINE:
            lines.append(self._rest)
            self._rest = b""
        return [line[:_LONGEST_LINE].decode("utf-8", "replace") for line in lines if line.strip()]

    def end(self) -> list[str]:
        """What is left when the stream has ended."""
        return self.feed(b"\n")


class ProgressParser:
    """Turns lines into fractions, which only go forward."""

    def __init__(self, declared: Progress | None, values: Values) -> None:
        self._declared = declared
        self._pattern = re.compile(declared.pattern) if declared and declared.pattern else None
        self._phases = [(re.compile(p.match), p) for p in (declared.phases if declared else [])]
        self._from = 0.0
        self.fraction = 0.0
        self.step = ""
        total = declared.total if declared else None
        value = values.by_name.get(total) if isinstance(total, str) else total
        self._total = float(value) if isinstance(value, int | float) else None

    def read(self, line: str) -> bool:
        """Take in a line; whether the work is further, or does something else, than before."""
        before = (self.fraction, self.step)
        for pattern, phase in self._phases:
            if pattern.search(line[:_LONGEST_MATCH]):
                self._from, self.step = phase.at, phase.name
                self._advance(0.0)
        found = self._fraction(line)
        if found is not None:
            self._advance(found)
        return (self.fraction, self.step) != before

    def _advance(self, part: float) -> None:
        whole = self._from + (1 - self._from) * min(max(part, 0.0), 1.0)
        if math.isfinite(whole):
            self.fraction = max(self.fraction, whole)

    def _fraction(self, line: str) -> float | None:
        if self._declared is None:
            return None
        if self._declared.parser == "tqdm":
            return self._bar(line)
        if self._declared.parser == "jsonl":
            return self._json(line)
        if self._pattern is None:
            return None
        match = self._pattern.search(line[:_LONGEST_MATCH])
        if self._declared.done and self._declared.done in line:
            return 1.0
        return self._groups(match.groupdict()) if match else None

    def _bar(self, line: str) -> float | None:
        """A bar counts when it has no description and its total is the one that is awaited."""
        match = _TQDM.match(line)
        if match is None or match["desc"]:
            return None
        total = float(match["total"]) * _UNITS[match["total_unit"]]
        if total <= 0 or (self._total is not None and total != self._total):
            return None
        return float(match["n"]) * _UNITS[match["unit"]] / total

    def _json(self, line: str) -> float | None:
        if not line.startswith("{"):
            return None
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            return None
        step = told.get("step")
        if isinstance(step, str):
            self.step = step[:120]
        value = told.get("progress")
        return float(value) if isinstance(value, int | float) else None

    def _groups(self, groups: dict[str, str | None]) -> float | None:
        try:
            if groups.get("pct"):
                return float(groups["pct"] or 0) / 100
            done = groups.get("n") or groups.get("step") or groups.get("epoch")
            total = groups.get("total") or self._total
            return float(done) / float(total) if done and total and float(total) > 0 else None
        except ValueError:
            return None

"""The load generator seen from here: a process that is told words and answers in JSON lines."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

PEERS = Path(__file__).parent / "peers"
NODE = PEERS / "node_modules" / ".bin" / "node"


class Generator:
    """`with Generator(config) as load: load.expect("seeded"); load.say("join"); …`."""

    def __init__(self, config: dict[str, Any], patience: float = 120) -> None:
        self.patience = patience
        self._process = subprocess.Popen(
            [str(NODE), str(PEERS / "load" / "main.mjs"), json.dumps(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "NODE_NO_WARNINGS": "1"},
        )
        self._rest = b""
        self._out = selectors.DefaultSelector()
        assert self._process.stdout is not None
        self._out.register(self._process.stdout, selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        return self._process.pid

    def say(self, word: str) -> None:
        """Tell it to go on."""
        assert self._process.stdin is not None
        self._process.stdin.write(word.encode() + b"\n")
        self._process.stdin.flush()

    def expect(self, at: str) -> dict[str, Any]:
        """Its next report, which must be this one. Raises `RuntimeError` for any other."""
        report = json.loads(self._line())
        if report["at"] != at:
            raise RuntimeError(f"the generator reports {report} instead of {at!r}")
        return report

    def _line(self) -> bytes:
        deadline = time.monotonic() + self.patience
        while b"\n" not in self._rest:
            assert self._process.stdout is not None
            if not self._out.select(max(0, deadline - time.monotonic())):
                raise TimeoutError(f"the generator said nothing for {self.patience:.0f} s")
            piece = os.read(self._process.stdout.fileno(), 65536)
            if not piece:
                raise RuntimeError("the generator ended without a report")
            self._rest += piece
        line, self._rest = self._rest.split(b"\n", 1)
        return line

    def __enter__(self) -> Generator:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._out.close()

"""Each process of a studio loads what it needs, and not what takes long and serves nobody."""

from __future__ import annotations

import subprocess
import sys

import pytest

API = "import app.processes.api as a; from app.settings import read_settings as r; a.build_api(r())"


@pytest.mark.parametrize(
    ("code", "needless"),
    [
        # A code formatter comes with Piccolo's own runner of migrations; no queue is spoken to.
        (
            "import app.cli, app.processes.opening",
            {"black", "arq", "redis", "litestar", "opentelemetry.sdk"},
        ),
        (
            f"import app.cli; {API}",
            {"pydantic", "black", "av", "numpy", "aiohttp", "opentelemetry.sdk"},
        ),
        (
            "import app.cli, app.processes.worker",
            {"pynvml", "litestar", "uvicorn", "httpx", "opentelemetry.sdk"},
        ),
    ],
    ids=["studio", "api", "worker"],
)
def test_a_start_loads_nothing_needless(code: str, needless: set[str]) -> None:
    code += f"; import sys; print(*sorted({needless!r} & sys.modules.keys()))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == ""

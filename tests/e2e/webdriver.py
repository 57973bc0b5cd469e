"""Debian's Firefox and WebKitGTK by the W3C's protocols: WebDriver BiDi and classic WebDriver.

Neither needs a library: a browser is a socket or an address that takes JSON. Only what the
journeys use is here: go somewhere, run a script, press keys, click, choose a file, look.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

import httpx
from websockets.asyncio.client import ClientConnection, connect

from app.processes.studio import free_port

FIREFOX = "/usr/bin/firefox-esr"
WEBKIT_DRIVER = "/usr/bin/WebKitWebDriver"
MINI_BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
WIDTH, HEIGHT = 1400, 900
STARTS_WITHIN = 60.0


class Driver(Protocol):
    """A browser with one page."""

    async def go(self, url: str) -> None:
        """Navigate, and wait until the document is loaded."""
        ...

    async def run(self, script: str) -> Any:
        """The JSON value of an expression in the page; a promise is awaited."""
        ...

    async def act(self, *sources: dict[str, Any]) -> None:
        """Perform input actions, as WebDriver describes them."""
        ...

    async def choose_file(self, selector: str, path: Path) -> None:
        """Choose a file in the `input` that a CSS selector finds."""
        ...

    async def look(self, path: Path) -> None:
        """Write a PNG of what is in view."""
        ...


class Firefox:
    """WebDriver BiDi, over one socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.numbers = itertools.count(1)
        self.context = ""

    async def begin(self) -> None:
        """Open a session and take its first page."""
        await self.send("session.new", {"capabilities": {}})
        tree = await self.send("browsingContext.getTree", {})
        self.context = tree["contexts"][0]["context"]
        size = {"width": WIDTH, "height": HEIGHT}
        await self.send("browsingContext.setViewport", {"context": self.context, "viewport": size})

    async def send(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """One command and its answer; events in between are passed over."""
        number = next(self.numbers)
        await self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(await asyncio.wait_for(self.socket.recv(), STARTS_WITHIN))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    async def go(self, url: str) -> None:
        where = {"context": self.context, "url": url, "wait": "complete"}
        await self.send("browsingContext.navigate", where)

    async def run(self, script: str) -> Any:
        wrapped = f"(async () => JSON.stringify((await ({script})) ?? null))()"
        told = await self._evaluate(wrapped)
        return json.loads(told["value"])

    async def _evaluate(self, expression: str) -> dict[str, Any]:
        params = {"expression": expression, "target": {"context": self.context}}
        answer = await self.send("script.evaluate", {**params, "awaitPromise": True})
        assert answer["type"] == "success", answer
        return answer["result"]

    async def act(self, *sources: dict[str, Any]) -> None:
        params = {"context": self.context, "actions": list(sources)}
        await self.send("input.performActions", params)
        await self.send("input.releaseActions", {"context": self.context})

    async def choose_file(self, selector: str, path: Path) -> None:
        found = await self._evaluate(f"document.querySelector({json.dumps(selector)})")
        params = {"element": {"sharedId": found["sharedId"]}, "files": [str(path)]}
        await self.send("input.setFiles", {"context": self.context, **params})

    async def look(self, path: Path) -> None:
        taken = await self.send("browsingContext.captureScreenshot", {"context": self.context})
        path.write_bytes(base64.b64decode(taken["data"]))


class WebKit:
    """Classic WebDriver, over HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def begin(self) -> None:
        """Open a session with a window of the journeys' size."""
        browser = {"binary": MINI_BROWSER, "args": ["--automation"]}
        always = {"webkitgtk:browserOptions": browser, "browserName": "MiniBrowser"}
        made = await self.send("/session", {"capabilities": {"alwaysMatch": always}})
        self.client.base_url = f"{self.client.base_url}/session/{made['sessionId']}"
        await self.send("/timeouts", {"script": 60_000, "pageLoad": 60_000})
        await self.send("/window/rect", {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT + 60})

    async def send(self, path: str, body: dict[str, Any]) -> Any:
        """One command and its value."""
        answer = await self.client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()["value"]

    async def go(self, url: str) -> None:
        await self.send("/url", {"url": url})

    async def run(self, script: str) -> Any:
        code = (
            "const done = arguments[arguments.length - 1];"
            f"(async () => JSON.stringify((await ({script})) ?? null))()"
            ".then(done, (error) => done(JSON.stringify({ failed: String(error) })));"
        )
        return json.loads(await self.send("/execute/async", {"script": code, "args": []}))

    async def act(self, *sources: dict[str, Any]) -> None:
        await self.send("/actions", {"actions": list(sources)})
        (await self.client.delete("/actions")).raise_for_status()

    async def choose_file(self, selector: str, path: Path) -> None:
        found = await self.send("/element", {"using": "css selector", "value": selector})
        await self.send(f"/element/{next(iter(found.values()))}/value", {"text": str(path)})

    async def look(self, path: Path) -> None:
        taken = (await self.client.get("/screenshot")).raise_for_status().json()["value"]
        path.write_bytes(base64.b64decode(taken))


@contextlib.asynccontextmanager
async def _process(log: Path, *command: str, **extra: str) -> AsyncIterator[None]:
    """A program in a process group of its own, which is ended with all that it started."""
    with log.open("wb") as output:
        started = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **extra},
            start_new_session=True,
        )
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            await started.wait()


async def _says(log: Path, pattern: str) -> str:
    """What a program says about itself."""
    for _ in range(round(STARTS_WITHIN / 0.1)):
        if found := re.search(pattern, log.read_text(errors="replace")):
            return found[1]
        await asyncio.sleep(0.1)
    raise AssertionError(f"It never said {pattern!r}: {log.read_text(errors='replace')[-2000:]}")


@contextlib.asynccontextmanager
async def firefox(folder: Path) -> AsyncIterator[Firefox]:
    """Debian's Firefox without a window."""
    quiet = {
        "app.update.auto": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.enabled": False,
        "browser.shell.checkDefaultBrowser": False,
        "media.autoplay.default": 0,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
    }
    prefs = (f"user_pref({json.dumps(key)}, {json.dumps(value)});" for key, value in quiet.items())
    (folder / "user.js").write_text("\n".join(prefs))
    command = (FIREFOX, "--headless", "--no-remote", "--profile", str(folder))
    log = folder / "firefox.log"
    async with _process(log, *command, "--remote-debugging-port=0", HOME=str(folder)):
        address = await _says(log, r"BiDi listening on (ws://\S+)")
        async with connect(f"{address}/session", max_size=None) as socket:
            driver = Firefox(socket)
            await driver.begin()
            yield driver


@contextlib.asynccontextmanager
async def webkit(folder: Path) -> AsyncIterator[WebKit]:
    """WebKitGTK's small browser, on a screen that nobody sees."""
    display, port = f":{100 + os.getpid() % 400}", free_port()
    size = f"{WIDTH}x{HEIGHT + 100}x24"
    screen = ("/usr/bin/Xvfb", display, "-screen", "0", size, "-nolisten", "tcp")
    async with _process(folder / "xvfb.log", *screen):
        at = {"DISPLAY": display, "HOME": str(folder), "GDK_BACKEND": "x11"}
        # Nobody's GPU is here.
        at |= {"LIBGL_ALWAYS_SOFTWARE": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1"}
        async with (
            _process(folder / "webkit.log", WEBKIT_DRIVER, f"--port={port}", **at),
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=STARTS_WITHIN) as client,
        ):
            for _ in range(round(STARTS_WITHIN / 0.1)):
                with contextlib.suppress(httpx.TransportError):
                    await client.get("/status")
                    break
                await asyncio.sleep(0.1)
            driver = WebKit(client)
            await driver.begin()
            yield driver

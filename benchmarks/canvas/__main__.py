"""Measure canvases in a browser, one after another in each round.

    python -m benchmarks.canvas                        all, 1,000 and 10,000 nodes, one round
    python -m benchmarks.canvas --rounds 3             the same three times, in turns: medians
    python -m benchmarks.canvas --systems studio --nodes 1000 --rounds 1

Needs the built canvas (`make canvas`), Chromium, and for ComfyUI's front end a package registry, or
a checkout that has one in `web` (COMFYUI_DIR). What takes too long is ended, and said.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, CDPSession, Page, async_playwright
from playwright.async_api import Error as PageError

from benchmarks.collaboration import report

from .latency import latency
from .systems import HEIGHT, SYSTEMS, WIDTH, System, views

CHROMIUM = os.environ.get("DIRECTOR_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-sync"]
FRAMES = 150
COLUMNS = ("usable_ms", "heap_mb", "dom", "pan_p50", "pan_p95", "zoom_p95", "drag_p95")
REMOTE = ("one_move_ms", "move_script_ms", "moves_p95", "edit_frames")
# Of one frame, by the main thread's own clock: what other processes do meanwhile counts little.
CPU = ("pan_cpu", "zoom_cpu", "drag_cpu", "load")


# Seconds for one system with one graph, and for letters from page to page: three systems with two
# graphs, and all that is around them, in less than ten minutes.
LIMIT, LETTERS_LIMIT = 75, 60


async def turn(
    browser: Browser, system: System, count: int, found: dict[str, dict[str, Any]]
) -> None:
    """One system's figures for one graph, for each view, put into `found` as they come."""
    for name, view in views(count).items():
        context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        try:
            page = await system.open(context, view)
            page.set_default_timeout(180_000)
            usable = await page.evaluate(f"window.hand.usable({system.ready})")
            if code := system.look(view):
                await page.evaluate(f"({code})()")
            await page.wait_for_timeout(1500)
            session = await context.new_cdp_session(page)
            figures = found[name] = {"usable_ms": usable, **await _memory(session, page)}
            # How busy the machine is: on a quiet one with this alone, about two.
            figures["load"] = os.getloadavg()[0]
            await session.send("Performance.enable", {"timeDomain": "threadTicks"})
            for act in ("pan", "zoom", "drag"):
                before = await _main_thread(session)
                times = await page.evaluate(f"{system.hand}.{act}({FRAMES})")
                after = await _main_thread(session)
                spent = after["TaskDuration"] - before["TaskDuration"]
                figures[f"{act}_cpu"] = spent / len(times) * 1000
                figures[f"{act}_p50"] = statistics.median(times)
                figures[f"{act}_p95"] = statistics.quantiles(times, n=20)[-1]
                await page.wait_for_timeout(500)
            if name == "24 visible":
                if system.edit:
                    figures["edit_frames"] = max(await page.evaluate(f"{system.edit}(20)"))
                if system.moves:
                    figures |= await _remote(session, page, system)
        finally:
            await context.close()


async def _memory(session: CDPSession, page: Page) -> dict[str, Any]:
    await session.send("HeapProfiler.collectGarbage")
    heap = await session.send("Runtime.getHeapUsage")
    elements = await page.evaluate("document.querySelectorAll('*').length")
    return {"heap_mb": heap["usedSize"] / 1e6, "dom": elements}


async def _remote(session: CDPSession, page: Page, system: System) -> dict[str, Any]:
    """What a move by somebody else costs the main thread, and frames at 500 of them a second."""
    assert system.moves
    pause, count = 0.05, 60
    # Somebody comes, moves and goes: what is loaded and drawn for that is no part of a move.
    await system.moves(page, 12, pause)
    await asyncio.sleep(2)
    start = await _main_thread(session)
    await asyncio.sleep(pause * count)
    idle = await _main_thread(session)
    await system.moves(page, count, pause)
    # What a move sets going, such as a node that glides, ends soon after.
    await asyncio.sleep(0.5)
    busy = await _main_thread(session)
    quiet = (pause * count + 0.5) / (pause * count)
    tasks, scripts = (
        max(0.0, (busy[name] - idle[name]) - (idle[name] - start[name]) * quiet) / count * 1000
        for name in ("TaskDuration", "ScriptDuration")
    )
    watching = asyncio.create_task(page.evaluate("window.hand.frames(150, () => {})"))
    await system.moves(page, 1000, 0.002)
    times = await watching
    return {
        "one_move_ms": tasks,
        "move_script_ms": scripts,
        "moves_p95": statistics.quantiles(times, n=20)[-1],
    }


async def _main_thread(session: CDPSession) -> dict[str, float]:
    """Seconds of processor time that the page's main thread has used, by what for."""
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    return {one["name"]: one["value"] for one in metrics}


async def main(names: list[str], counts: list[int], rounds: int) -> None:
    """Run all rounds, print the tables, keep every figure as JSON."""
    found: dict[tuple[str, int, str], list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        surroundings = report.surroundings(Path(folder))
        async with contextlib.AsyncExitStack() as stack:
            playwright = await stack.enter_async_context(async_playwright())
            systems, unfinished = {}, []
            for name in names:
                try:
                    prepared = SYSTEMS[name](Path(folder), counts)
                    systems[name] = await stack.enter_async_context(prepared)
                except (OSError, subprocess.SubprocessError) as error:
                    unfinished.append(f"{name} was not measured: {error}")
            names = list(systems)
            for number in range(rounds):
                shift = number % len(names)
                for name in [*names[shift:], *names[:shift]]:
                    for count in counts:
                        browser = await playwright.chromium.launch(
                            executable_path=CHROMIUM, args=FLAGS
                        )
                        figures: dict[str, dict[str, Any]] = {}
                        try:
                            async with asyncio.timeout(LIMIT):
                                await turn(browser, systems[name](count), count, figures)
                        except (PageError, TimeoutError) as error:
                            why = str(error) or f"it had not ended after {LIMIT} seconds"
                            done = ", ".join(figures) or "no view"
                            unfinished.append(f"{name} with {count:,}: {why}; it came to: {done}")
                        finally:
                            await browser.close()
                        for view, values in figures.items():
                            found.setdefault((name, count, view), []).append(values)
                        print(f"  round {number + 1} {name} {count}: {figures}", flush=True)
            if "studio" in systems:
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                try:
                    async with asyncio.timeout(LETTERS_LIMIT):
                        seen = await latency(browser, systems["studio"](counts[0]))
                    report.show("An edit seen in another browser", ("p50", "p95", "lost"), [seen])
                except (PageError, TimeoutError) as error:
                    unfinished.append(f"letters from page to page: {error or 'not in time'}")
                finally:
                    await browser.close()
    for count in counts:
        for view in views(count):
            rows = [
                (name, report.median(found[name, count, view]))
                for name in names
                if (name, count, view) in found
            ]
            columns = (*COLUMNS, *CPU) if view == "all visible" else (*COLUMNS, *REMOTE, *CPU)
            report.show(f"{count:,} nodes, {view}", columns, rows)
    for line in unfinished:
        print(f"  Not in the tables, or not whole: {line}")
    kept = [{"system": k[0], "nodes": k[1], "view": k[2], "rounds": v} for k, v in found.items()]
    print(
        report.write(
            "canvas", {"surroundings": surroundings, "found": kept, "unfinished": unfinished}
        )
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.canvas")
    parser.add_argument("--systems", nargs="+", default=list(SYSTEMS), choices=list(SYSTEMS))
    parser.add_argument("--nodes", nargs="+", type=int, default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    asyncio.run(main(given.systems, given.nodes, given.rounds))

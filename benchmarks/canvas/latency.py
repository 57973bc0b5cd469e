"""How long an edit takes from one browser to the screen of another, end to end."""

from __future__ import annotations

import asyncio
import statistics
from typing import Any

from playwright.async_api import Browser

from .systems import HEIGHT, WIDTH, System, views

LETTERS = 120
# One clock for both pages: they run on one machine.
NOW = "performance.timeOrigin + performance.now()"


async def latency(browser: Browser, system: System) -> tuple[str, dict[str, Any]]:
    """Letters typed into a prompt by one person, as another sees them: milliseconds from the key
    to the frame after which the other's screen shows it."""
    pages = []
    for _ in range(2):
        context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        x, y, _zoom = views(1000)["24 visible"]
        page = await system.open(context, (x, y, 1.0))
        await page.evaluate(f"window.hand.usable({system.ready})")
        await page.wait_for_timeout(500)
        pages.append(page)
    writer, reader = pages
    node = await writer.evaluate(
        """() => {
          const nodeOf = (e) => e.closest('.svelte-flow__node');
          const at = window.hand.find((e) => nodeOf(e)?.querySelector('textarea'));
          return nodeOf(document.elementFromPoint(...at)).dataset.id;
        }"""
    )
    area = writer.locator(f"[data-id='{node}'] textarea").first
    await reader.locator(f"[data-id='{node}'] textarea").wait_for()
    await reader.evaluate(
        f"""(id) => {{
          window.seen = [];
          const area = () => document.querySelector(`[data-id="${{id}}"] textarea`);
          let last = area().value;
          const look = () => {{
            const value = area()?.value ?? last;
            for (let i = last.length; i < value.length; i += 1) window.seen.push({NOW});
            last = value;
            requestAnimationFrame(look);
          }};
          requestAnimationFrame(look);
        }}""",
        node,
    )
    await area.evaluate(
        f"""(e) => {{
          window.typed = [];
          e.addEventListener('keydown', () => window.typed.push({NOW}));
        }}"""
    )
    await area.evaluate("(e) => { e.focus(); e.setSelectionRange(1e6, 1e6); }")
    await writer.evaluate("window.typed.length = 0")
    for _ in range(LETTERS):
        await writer.keyboard.press("e")
        await asyncio.sleep(0.15)
    await asyncio.sleep(2)
    typed = await writer.evaluate("window.typed")
    seen = await reader.evaluate("window.seen")
    times = [b - a for a, b in zip(typed, seen, strict=False)]
    figures = {
        "p50": statistics.median(times),
        "p95": statistics.quantiles(times, n=20)[-1],
        "lost": len(typed) - len(seen),
    }
    for page in pages:
        await page.context.close()
    return "keystroke", figures

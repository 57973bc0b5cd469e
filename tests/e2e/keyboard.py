"""A person who has a keyboard and nothing else, and looks whether the focus can be seen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import FileChooser, Page

# What has the focus: its role and name as a screen reader has them, and whether it can be seen.
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.setProperty('color', 'var(--focus)');
  const ring = getComputedStyle(probe).color;
  probe.remove();
  const lit = (element) => {
    const style = getComputedStyle(element);
    const line = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return line || style.boxShadow.includes(ring) || style.borderTopColor === ring;
  };
  let seen = one.getAttribute('role') === 'combobox' && one.matches('input');
  for (let at = one, up = 0; at && up < 4 && !seen; at = at.parentElement, up += 1) seen = lit(at);
  if (one.getAttribute('aria-activedescendant')) {
    seen ||= document.getElementById(one.getAttribute('aria-activedescendant')) !== null;
  }
  const text = (element) => element.textContent.replace(/\\s+/g, ' ').trim();
  const label = one.labels?.length ? text(one.labels[0]) : '';
  return {
    name: one.getAttribute('aria-label') || label || text(one) || one.title,
    tag: one.tagName.toLowerCase(),
    role: one.getAttribute('role') ?? '',
    seen,
  };
}"""


class Keyboard:
    """Everything that is done to a page is a key that is pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops: list[str] = []
        self._file: Path | None = None
        page.on("filechooser", self._choose)

    async def _choose(self, chooser: FileChooser) -> None:
        # The dialog of the system, which is not the page's.
        assert self._file is not None
        await chooser.set_files(self._file)

    async def press(self, *keys: str) -> None:
        """Press keys one after another."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        """Type letters where the focus is."""
        await self.page.keyboard.type(text)

    async def focused(self) -> dict[str, Any] | None:
        """What has the focus."""
        return await self.page.evaluate(FOCUSED)

    async def go_to(self, name: str, key: str = "Tab", most: int = 40) -> None:
        """Press Tab until what has this name has the focus, which can be seen at each stop."""
        for _ in range(most):
            await self.press(key)
            found = await self.focused()
            if found is None:
                continue
            self.stops.append(found["name"])
            assert found["seen"], f"the focus on {found} cannot be seen"
            if found["name"].startswith(name):
                return
        raise AssertionError(f"{name!r} was not reached: {self.stops[-most:]}")

    async def choose_file(self, name: str, path: Path) -> None:
        """Choose a file by the dialog that a field opens."""
        self._file = path
        await self.go_to(name)
        await self.press("Enter")

    async def at(self, name: str) -> None:
        """Wait until what has this name has the focus by itself."""
        found = None
        for _ in range(200):
            found = await self.focused()
            if found and found["name"].startswith(name):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"the focus is on {found}, not on {name!r}")

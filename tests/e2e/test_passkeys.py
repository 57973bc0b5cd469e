"""Passkeys in a browser, with an authenticator that the browser itself makes up (CDP)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.async_api import CDPSession, Page, expect

pytestmark = pytest.mark.system

EMAIL, PASSWORD = "edith@example.org", "nine lanterns in the fog"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}
# What the page asks for quietly is answered at once by such an authenticator: only where it is
# meant, the browser can do so.
QUIET = """
if (sessionStorage.getItem('quiet') === null)
  PublicKeyCredential.isConditionalMediationAvailable = async () => false;
"""


class Device:
    """The authenticator of a page."""

    def __init__(self, session: CDPSession, authenticator_id: str) -> None:
        self._session, self._id = session, authenticator_id

    async def credentials(self) -> list[dict[str, Any]]:
        found = await self._session.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return found["credentials"]


async def device_of(page: Page) -> Device:
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return Device(session, made["authenticatorId"])


async def make_account(url: str, owner: httpx.AsyncClient) -> None:
    link = (await owner.post("/invitations", json={})).raise_for_status().json()
    account = {"email": EMAIL, "password": PASSWORD, "name": "Edith"}
    async with httpx.AsyncClient(base_url=url) as new:
        body = {"code": link["code"], "account": account}
        (await new.post("/api/v1/invitations/accept", json=body)).raise_for_status()


async def test_passkeys_are_added_used_demanded_and_removed(studio, stranger, owner) -> None:
    await make_account(studio.address.url, owner)
    page = stranger.page
    await page.add_init_script(QUIET)
    device = await device_of(page)
    here = studio.address.url.replace("127.0.0.1", "localhost")
    passkeys = page.get_by_role("region", name="Your passkeys")

    async def begin() -> None:
        await page.context.clear_cookies()
        await page.goto(f"{here}/login?to=/settings?show=passkeys")

    async def give_password() -> None:
        await page.get_by_label("E-mail").fill(EMAIL)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in", exact=True).click()

    # Where browsers keep none, the page says where they do.
    await page.goto("/login?to=/settings?show=passkeys")
    await give_password()
    await expect(page.get_by_text(f"Open the studio as {here}.")).to_be_visible()

    await begin()
    await give_password()
    await passkeys.wait_for()
    form = page.get_by_role("region", name="A new passkey")
    await form.get_by_label("What it is called").fill("Laptop")
    await form.get_by_label("Password").fill("another")
    await form.get_by_role("button", name="Add a passkey").click()
    await expect(form.get_by_role("alert")).to_contain_text("password is not right")
    await form.get_by_label("Password").fill(PASSWORD)
    await form.get_by_role("button", name="Add a passkey").click()
    line = passkeys.get_by_role("listitem")
    await expect(line).to_contain_text("Laptop")
    await expect(line).to_contain_text("for localhost · never used")
    (kept,) = await device.credentials()
    assert (kept["rpId"], kept["isResidentCredential"]) == ("localhost", True)
    await line.get_by_role("button", name="Rename Laptop").click()
    await page.get_by_role("dialog").get_by_label("What it is called").fill("Old laptop")
    await page.get_by_role("button", name="Rename it").click()
    await expect(line).to_contain_text("Old laptop")

    await begin()
    await page.get_by_role("button", name="Use a passkey").click()
    await expect(line).to_contain_text("used")
    await expect(line).not_to_contain_text("never")

    # The browser offers it by itself, where the address is typed.
    await page.evaluate("sessionStorage.setItem('quiet', 'yes')")
    await begin()
    await passkeys.wait_for()
    await page.evaluate("sessionStorage.removeItem('quiet')")

    both = page.get_by_role("region", name="Beside the password")
    await both.get_by_label("Password").fill(PASSWORD)
    await both.get_by_role("button", name="Ask for both").click()
    await expect(both.get_by_role("button", name="Let a password be enough")).to_be_visible()
    await begin()
    await give_password()
    await passkeys.wait_for()

    await line.get_by_role("button", name="Remove Old laptop").click()
    await page.get_by_role("dialog").get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Remove it").click()
    await expect(passkeys).to_contain_text("You have none.")
    await expect(both).to_have_count(0)
    await begin()
    await give_password()
    await passkeys.wait_for()
    complaints = [one for one in stranger.complaints if "status of 40" not in one]
    assert not complaints

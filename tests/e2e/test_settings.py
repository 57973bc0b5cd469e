"""Settings: of a person, of the studio, of a project."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from playwright.async_api import expect
from pyotp.totp import TOTP

from app.projects import CANVAS
from tests.e2e.film import Film
from tests.repositories.cloning import git

pytestmark = pytest.mark.system


async def test_a_token_is_made_shown_once_and_revoked(studio, visit) -> None:
    page = visit.page
    await page.goto("/settings?show=tokens")
    await page.get_by_label("What for").fill("Dailies")
    await page.get_by_label("Generate: start").check()
    await page.get_by_role("button", name="Make the token").click()
    secret = await page.get_by_label("The token").input_value()
    async with httpx.AsyncClient(
        base_url=studio.address.url, headers={"Authorization": f"Bearer {secret}"}
    ) as program:
        assert (await program.get("/api/v1/auth/me")).status_code == 200
        await page.reload()
        line = page.get_by_role("listitem").filter(has_text="Dailies")
        await expect(line).to_contain_text("generate, read")
        await expect(page.get_by_label("The token")).to_have_count(0)
        await line.get_by_role("button", name="Revoke Dailies").click()
        await expect(line).to_have_count(0)
        assert (await program.get("/api/v1/auth/me")).status_code == 401
    assert not visit.complaints


async def test_a_name_and_a_theme_are_changed(visit, owner) -> None:
    page = visit.page
    await page.goto("/settings")
    await page.get_by_label("Your name").fill("Ada L.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Ada L.: account and help")).to_be_visible()
    assert (await owner.get("/auth/me")).json()["name"] == "Ada L."
    await page.get_by_role("navigation", name="Settings").get_by_text("Appearance").click()
    await page.get_by_role("radio", name="Light").check(force=True)
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await page.get_by_role("radio", name="As the machine").check(force=True)
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.emulate_media(color_scheme="light")
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")


async def test_the_studio_tells_how_it_is(visit) -> None:
    page = visit.page
    await page.goto("/settings?show=health")
    await expect(page.get_by_role("listitem").filter(has_text="postgresql")).to_contain_text("Work")
    await expect(page.get_by_text("People come in by invitation alone")).to_be_visible()
    for section, words in (
        ("Workers", "cpu0"),
        ("Plugins and backends", "backend"),
        ("People", "Owner"),
        ("Log-ins", "Where you are logged in"),
    ):
        await page.get_by_role("navigation", name="Settings").get_by_text(section).click()
        await expect(page.locator("main")).to_contain_text(words)
    await page.get_by_role("navigation", name="Settings").get_by_text("Audit log").click()
    await expect(
        page.get_by_role("region", name="Audit log").get_by_role("listitem").first
    ).to_be_visible()
    assert not visit.complaints


async def test_a_key_is_given_to_another_command(visit, owner) -> None:
    page = visit.page
    await page.goto("/settings?show=keys")
    await page.get_by_role("button", name="Keys of Outline").click()
    await page.keyboard.press("Shift+F9")
    await expect(page.get_by_role("button", name="Keys of Outline: Shift+F9")).to_be_visible()
    project = (await owner.post("/projects", json={"title": "Keys"})).json()["id"]
    await page.goto(f"/project/{project}")
    canvas = page.get_by_role("application", name="Canvas")
    await canvas.focus()
    await page.keyboard.press("o")
    await page.keyboard.press("Shift+F9")
    await page.get_by_role("complementary", name="Outline").wait_for()
    await page.goto("/settings?show=keys")
    await page.get_by_role("button", name="Outline as it was").click()
    await expect(page.get_by_role("button", name="Keys of Outline: O")).to_be_visible()


async def test_a_project_is_set_up_and_deleted(visit, owner) -> None:
    page = visit.page
    film = await Film.of(owner, "Setup", "one_line.txt")
    await page.goto(f"/project/{film.id}/settings")
    await page.get_by_label("Title").fill("Set Up")
    await page.get_by_label("Frames a second").fill("25")
    await page.get_by_label("When a quality cannot be made").click()
    await page.get_by_role("option", name="Make it one quality lower").click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Set Up").first).to_be_visible()
    changed = (await owner.get(f"/projects/{film.id}")).json()
    assert (changed["title"], changed["settings"]["frame_rate"]) == ("Set Up", 25)
    assert changed["settings"]["when_unavailable"] == "lower"

    sections = page.get_by_role("navigation", name="Project settings")
    await sections.get_by_text("Approval").click()
    await page.get_by_label("Approval is needed").click()
    async with page.expect_response(
        lambda answer: "asset-policy" in answer.url and answer.request.method != "GET"
    ) as stored:
        await page.get_by_role("option", name="For Premium alone").click()
    assert (await stored.value).ok
    await expect(page.get_by_text("Saved.").last).to_be_visible()
    policy = (await owner.get(f"/projects/{film.id}/asset-policy")).json()
    assert policy == {"approval_from": "high"}
    await sections.get_by_text("Files in git").click()
    await expect(page.get_by_role("region", name="Commits")).to_contain_text("Import one_line.txt")
    await sections.get_by_text("Feed").click()
    await expect(page.get_by_role("region", name="Feed")).to_contain_text("changed its settings")
    await sections.get_by_text("People and links").click()
    await expect(page.get_by_role("region", name="Members").get_by_role("listitem")).to_have_count(
        1
    )
    await sections.get_by_text("Archive and delete").click()
    await page.get_by_role("button", name="Delete the project").click()
    await page.get_by_role("group", name="Set Up").wait_for()
    assert (await owner.get(f"/projects/{film.id}")).status_code == 404


async def test_a_branch_is_made_merged_by_choice_and_deleted(visit, owner, tmp_path: Path) -> None:
    page = visit.page
    film = await Film.of(owner, "Branches", "one_line.txt")
    shot = (await film.nodes("film.shot"))[0]["id"]
    await page.goto(f"/project/{film.id}/settings?show=branches")
    await page.get_by_label("Name of the branch").fill("dusk")
    await page.get_by_role("button", name="Make the branch").click()
    line = page.get_by_role("listitem").filter(has_text="dusk")
    await expect(line).to_be_visible()

    # Somebody works on it with git, and the canvas here goes on: both write the same prompt.
    url = (await owner.get(f"/projects/{film.id}/git")).json()["url"]
    scopes = {"name": "git", "scopes": ["read", "edit"]}
    secret = (await owner.post("/auth/tokens", json=scopes)).raise_for_status().json()["secret"]
    signed_in = url.replace("://", f"://ada:{secret}@")
    clone = tmp_path / "film"
    await git(tmp_path, "clone", "--quiet", "--branch", "dusk", signed_in, str(clone))
    canvas = json.loads((clone / CANVAS).read_text())
    next(n for n in canvas["nodes"] if n["id"] == shot)["text"]["prompt"] = "At dusk"
    (clone / CANVAS).write_text(json.dumps(canvas, indent=2))
    await git(clone, "commit", "--quiet", "--all", "-m", "Dusk")
    await git(clone, "push", "--quiet", "origin", "HEAD")
    change = {"op": "node.set", "id": shot, "values": {"text.prompt": "At night"}}
    path = f"/projects/{film.id}/graph/operations"
    (await owner.post(path, json={"ops": [change]})).raise_for_status()

    await line.get_by_role("button", name="Merge dusk").click()
    dialog = page.get_by_role("dialog", name="Merge dusk")
    await expect(dialog).to_contain_text("Both sides changed 1 thing")
    conflict = dialog.get_by_role("group", name="prompt was changed on both sides")
    await expect(conflict).to_contain_text("At night")
    await expect(dialog.get_by_role("button", name="Merge", exact=True)).to_be_disabled()
    await conflict.get_by_label("As on dusk").check()
    await dialog.get_by_role("button", name="Merge", exact=True).click()
    await expect(dialog).to_have_count(0)
    merged = next(n for n in await film.nodes("film.shot") if n["id"] == shot)
    assert merged["text"]["prompt"] == "At dusk"

    await line.get_by_role("button", name="Delete dusk").click()
    await line.get_by_role("button", name="Delete dusk now").click()
    await expect(page.get_by_role("button", name="Merge dusk")).to_have_count(0)
    names = [
        one["name"] for one in (await owner.get(f"/projects/{film.id}/branches")).json()["items"]
    ]
    assert names == ["main"]
    assert not visit.complaints


async def test_a_file_is_locked_and_freed(visit, owner) -> None:
    page = visit.page
    film = await Film.of(owner, "Locks", "one_line.txt")
    await page.goto(f"/project/{film.id}/settings?show=branches")
    await page.get_by_label("File to lock").fill("02_Source_Creative/Notes/colour.md")
    await page.get_by_role("button", name="Lock it").click()
    line = page.get_by_role("listitem").filter(has_text="colour.md")
    await expect(line).to_contain_text("You")
    await line.get_by_role("button", name="Free ").click()
    await expect(line).to_have_count(0)
    await expect(page.get_by_text("Nobody has locked a file.")).to_be_visible()
    assert not visit.complaints


async def test_a_second_factor_is_set_up_asked_for_and_turned_off(studio, stranger, owner) -> None:
    link = (await owner.post("/invitations", json={})).raise_for_status().json()
    email, password = "edith@example.org", "nine lanterns in the fog"
    account = {"email": email, "password": password, "name": "Edith"}
    async with httpx.AsyncClient(base_url=studio.address.url) as new:
        joined = await new.post(
            "/api/v1/invitations/accept", json={"code": link["code"], "account": account}
        )
        joined.raise_for_status()
    page = stranger.page

    async def log_in(code: str | None = None) -> None:
        await page.context.clear_cookies()
        await page.goto("/login?to=/settings?show=second-factor")
        await page.get_by_label("E-mail").fill(email)
        await page.get_by_label("Password").fill(password)
        await page.get_by_role("button", name="Log in").click()
        if code is not None:
            await page.get_by_label("Code").fill(code)
            await page.get_by_role("button", name="Log in").click()
        await page.get_by_role("region", name="Second factor").wait_for()

    await log_in()
    # A slip of the keyboard is told, and ends nothing.
    await page.get_by_label("Password").fill("another")
    await page.get_by_role("button", name="Set it up").click()
    await expect(page.get_by_role("alert")).to_contain_text("password is not right")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Set it up").click()
    await expect(
        page.get_by_role("img", name="The secret for an authenticator app")
    ).to_be_visible()
    app = TOTP(await page.get_by_label("The secret, to be typed").inner_text())
    await page.get_by_label("Code").fill("000000" if app.now() != "000000" else "111111")
    await page.get_by_role("button", name="Turn it on").click()
    await expect(page.get_by_role("alert")).to_contain_text("not right")
    await page.get_by_label("Code").fill(app.now())
    await page.get_by_role("button", name="Turn it on").click()
    codes = page.get_by_role("list", name="Recovery codes").get_by_role("listitem")
    await expect(codes).to_have_count(10)
    first, second = await codes.nth(0).inner_text(), await codes.nth(1).inner_text()
    await expect(page.get_by_role("region", name="Second factor")).to_contain_text("10 recovery")

    await log_in(first)
    await expect(page.get_by_role("region", name="Second factor")).to_contain_text("9 recovery")
    await page.get_by_label("Password").fill(password)
    await page.get_by_label("Code").fill(second)
    await page.get_by_role("button", name="Turn it off").click()
    await expect(page.get_by_role("button", name="Set it up")).to_be_visible()
    await log_in()


async def test_somebody_is_kept_out_and_erased(studio, visit, owner) -> None:
    link = (await owner.post("/invitations", json={})).raise_for_status().json()
    account = {"email": "eve@example.org", "password": "six gulls on a mast", "name": "Eve"}
    async with httpx.AsyncClient(base_url=studio.address.url) as new:
        body = {"code": link["code"], "account": account}
        (await new.post("/api/v1/invitations/accept", json=body)).raise_for_status()
    page = visit.page
    await page.goto("/settings?show=people")
    line = page.get_by_role("listitem").filter(has_text="eve@example.org")
    await line.get_by_role("button", name="Keep Eve out").click()
    await expect(line).to_contain_text("Kept out")
    await line.get_by_role("button", name="Erase Eve").click()
    dialog = page.get_by_role("dialog", name="Erase Eve")
    await dialog.get_by_role("button", name="Erase for ever").click()
    await expect(line).to_have_count(0)
    erased = page.get_by_role("listitem").filter(has_text="Erased person")
    await expect(erased).to_contain_text("Erased")
    await expect(erased.get_by_role("button")).to_have_count(0)
    assert not visit.complaints

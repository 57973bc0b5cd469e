"""One of everything that belongs to somebody's project, made through the API, by the names that the
documents give these things."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from app import accounts
from app.accounts import passkeys
from app.accounts.passkey_sites import site_of_origin
from app.platform.ids import new_key
from tests.authenticator import ORIGIN, Authenticator
from tests.studio import SMALL, Studio

TITLE = "A Lighthouse That Nobody Else Knows"
PROMPT = "a secret lamp behind the fog"


async def make_things(studio: Studio, owner: httpx.AsyncClient) -> dict[str, Any]:
    """A project of this person with a shot, a take of it, an asset, a guest, a team, a link, an
    upload, and a passkey of theirs."""

    async def made(path: str, body: Any = None, **more: Any) -> Any:
        answer = await owner.post(path, json=body, **more)
        assert answer.status_code in (200, 201, 202), (path, answer.text)
        return answer.json() if answer.content else answer

    project = (await made("/api/v1/projects", {"title": TITLE, "settings": SMALL}))["id"]
    base = f"/api/v1/projects/{project}"
    node, other = new_key(), new_key()
    add = {
        "op": "node.add",
        "id": node,
        "type": "film.shot",
        "data": {"code": "010", "frames": 2},
        "text": {"prompt": PROMPT},
    }
    add_other = {"op": "node.add", "id": other, "type": "film.shot", "data": {"code": "020"}}
    await made(f"{base}/graph/operations", {"ops": [add, add_other]})
    async with studio.worker():
        begun = await made(f"{base}/generate", {"node_id": node})
        run = await studio.run_ends(begun["run_id"], owner)
    assert run["status"] == "succeeded", run
    take = next(task["take_id"] for task in run["tasks"] if task["take_id"])
    upload = await owner.post(
        f"{base}/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "9"}
    )
    asset = await made(
        f"{base}/assets", {"kind": "character", "content": {"name": "Ina, whom nobody knows"}}
    )
    guest = await studio.person("Gus Guest")
    team = await made("/api/v1/teams", {"name": "A Secret Team"})
    link = await made(f"{base}/invitations", {"role": "viewer", "most_uses": 2})
    await guest.post("/api/v1/invitations/accept", json={"code": link["code"]})
    assert (
        await owner.put(f"{base}/teams/{team['id']}", json={"role": "viewer"})
    ).status_code == 204
    graph = (await owner.get(f"{base}/graph")).json()
    version = await made(f"{base}/graph/versions", {"name": "A secret version"})
    lock = await made(f"{base}/file-locks", {"path": "02_Source_Creative/Scripts/secret.txt"})
    token = await made("/api/v1/auth/tokens", {"name": "A secret token", "scopes": ["read"]})
    passkey = await secret_passkey(owner)
    workflow = {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 48, "color": 7}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
    }
    suggested = await made(f"{base}/pipelines/preview", workflow)
    pipeline = await made(f"{base}/pipelines", {"template": suggested["template"]})
    return {
        "project_id": project,
        "pipeline_id": pipeline["id"],
        "graph_id": graph["id"],
        "node_id": node,
        "node": node,
        "target": node,
        "targets": node,
        "run_id": run["id"],
        "task_id": begun["task_id"],
        "take_id": take,
        "digest": (await owner.get(f"/api/v1/takes/{take}")).json()["digest"],
        "upload_id": upload.headers["location"].rsplit("/", 1)[1],
        "asset_id": asset["id"],
        "user_id": (await guest.get("/api/v1/auth/me")).json()["id"],
        "team_id": team["id"],
        "invitation_id": link["invitation"]["id"],
        "version_id": version["id"],
        "session_id": (await owner.get("/api/v1/auth/sessions")).json()["items"][0]["id"],
        "token_id": token["token"]["id"],
        "passkey_id": str(passkey.id),
        "lock_id": lock["id"],
        "worker_id": new_key(),
        "device_id": "GPU-none",
        "version": 1,
        "from": 0,
        "to": 1,
        "exporter": "otio",
        "name": "main.js",
    }


async def secret_passkey(owner: httpx.AsyncClient) -> passkeys.Passkey:
    """A passkey of this person, who need not have a password."""
    actor = await accounts.authenticate(owner.headers["Authorization"].removeprefix("Bearer "))
    site = site_of_origin(ORIGIN, ())
    options = await passkeys.begin_passkey(actor, site)
    credential = msgspec.convert(Authenticator().create(options), passkeys.NewCredential)
    return await passkeys.add_passkey(actor, "A secret passkey", credential, site)


SECRETS = (
    "project_id", "graph_id", "node_id", "run_id", "task_id", "take_id", "digest", "upload_id",
    "asset_id", "user_id", "team_id", "invitation_id", "version_id", "session_id", "token_id",
    "passkey_id", "lock_id", "pipeline_id",
)  # fmt: skip


def told_of(text: str, things: dict[str, Any]) -> list[str]:
    """The things of a project that a text speaks of."""
    known = [str(things[name]) for name in SECRETS] + [TITLE, PROMPT, "A Secret Team", "Gus Guest"]
    return [one for one in known if one in text]

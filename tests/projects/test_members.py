"""The people of a project over HTTP: members, teams, links that let people in, feed and audit."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx
import pytest

from app.platform.database import DatabaseRole, unit_of_work
from app.platform.ids import new_key
from tests.studio import PASSWORD, Studio

ACCEPT = "/api/v1/invitations/accept"
PREVIEW = "/api/v1/invitations/preview"


async def me(client: httpx.AsyncClient) -> str:
    return (await client.get("/api/v1/auth/me")).json()["id"]


async def invited(client: httpx.AsyncClient, project: str, role: str = "editor", **terms) -> dict:
    body = {"role": role, **terms}
    answer = await client.post(f"/api/v1/projects/{project}/invitations", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def joined(studio: Studio, link: dict, name: str = "Tom Reed") -> httpx.AsyncClient:
    person = await studio.person(name)
    answer = await person.post(ACCEPT, json={"code": link["code"]})
    assert answer.status_code == 200, answer.text
    return person


async def members(client: httpx.AsyncClient, project: str) -> dict[str, str]:
    answer = await client.get(f"/api/v1/projects/{project}/members")
    assert answer.status_code == 200, answer.text
    return {one["name"]: one["role"] for one in answer.json()["items"]}


async def kinds(client: httpx.AsyncClient, project: str, what: str = "activity") -> list[str]:
    answer = await client.get(f"/api/v1/projects/{project}/{what}")
    assert answer.status_code == 200, answer.text
    return [one["kind"] for one in answer.json()["items"]]


def account(name: str = "New Person") -> dict:
    return {"email": f"{new_key()}@example.org", "password": PASSWORD, "name": name}


async def test_a_link_lets_somebody_who_is_known_in_once(studio) -> None:
    project = await studio.project()
    link = await invited(studio.owner, project, "reviewer", note=" for  Tom ")
    assert link["url"].endswith(f"/join#{link['code']}")
    assert link["invitation"]["note"] == "for Tom"
    offer = (await (await studio.client()).post(PREVIEW, json={"code": link["code"]})).json()
    assert (offer["kind"], offer["title"], offer["role"]) == ("project", "Lighthouse", "reviewer")
    tom = await joined(studio, link)
    assert (await tom.get(f"/api/v1/projects/{project}")).json()["role"] == "reviewer"
    assert (await members(tom, project))["Tom Reed"] == "reviewer"
    late = await (await studio.person()).post(ACCEPT, json={"code": link["code"]})
    assert (late.status_code, late.json()["code"]) == (404, "invitation.not_found")
    open_links = await studio.owner.get(f"/api/v1/projects/{project}/invitations")
    assert open_links.json()["items"] == []


async def test_a_link_makes_an_account_and_logs_the_browser_in(studio) -> None:
    project = await studio.project()
    link = await invited(studio.owner, project, "viewer")
    browser = await studio.client(Origin="http://studio.test")
    nothing = await browser.post(ACCEPT, json={"code": link["code"]})
    assert (nothing.status_code, nothing.json()["code"]) == (401, "account.required")
    weak = await browser.post(
        ACCEPT, json={"code": link["code"], "account": account() | {"password": "short"}}
    )
    assert weak.json()["code"] == "account.weak_password"
    answer = await browser.post(ACCEPT, json={"code": link["code"], "account": account("Una")})
    assert answer.status_code == 200, answer.text
    assert answer.json()["project_id"] == project
    assert (await browser.get("/api/v1/auth/me")).json()["name"] == "Una"
    assert (await members(browser, project))["Una"] == "viewer"


async def test_an_address_that_is_taken_leaves_the_link_as_it_was(studio) -> None:
    project = await studio.project()
    link = await invited(studio.owner, project)
    taken = account()
    await (await studio.client()).post(ACCEPT, json={"code": link["code"], "account": taken})
    link = await invited(studio.owner, project)
    answer = await (await studio.client()).post(
        ACCEPT, json={"code": link["code"], "account": taken}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "account.email_taken")
    assert (await joined(studio, link)) is not None


async def test_of_many_at_once_as_many_come_in_as_the_link_says(studio) -> None:
    project = await studio.project()
    link = await invited(studio.owner, project, "viewer", most_uses=3)
    people = [await studio.person(f"P{n}") for n in range(6)]
    answers = await asyncio.gather(*(p.post(ACCEPT, json={"code": link["code"]}) for p in people))
    assert sorted(a.status_code for a in answers) == [200] * 3 + [404] * 3
    assert len(await members(studio.owner, project)) == 4
    many = await invited(studio.owner, project, "viewer", most_uses=None)
    for person in people:
        assert (await person.post(ACCEPT, json={"code": many["code"]})).status_code == 200
    assert len(await members(studio.owner, project)) == 7


async def test_who_is_in_already_uses_nothing_up_and_loses_nothing(studio) -> None:
    project = await studio.project()
    tom = await joined(studio, await invited(studio.owner, project, "editor"))
    link = await invited(studio.owner, project, "viewer")
    again = (await tom.post(ACCEPT, json={"code": link["code"]})).json()
    assert not again["changed"]
    assert (await members(studio.owner, project))["Tom Reed"] == "editor"
    assert await joined(studio, link, "Eve")
    raised = await invited(studio.owner, project, "reviewer")
    eve = await studio.person("Vic")
    await eve.post(ACCEPT, json={"code": (await invited(studio.owner, project, "viewer"))["code"]})
    assert (await eve.post(ACCEPT, json={"code": raised["code"]})).json()["changed"]
    assert (await members(studio.owner, project))["Vic"] == "reviewer"


async def test_revoked_expired_and_made_up_links_all_get_one_answer(studio) -> None:
    project = await studio.project()
    revoked, expired = [await invited(studio.owner, project) for _ in range(2)]
    url = f"/api/v1/invitations/{revoked['invitation']['id']}"
    eve = await studio.person("Eve")
    assert (await eve.delete(url)).status_code == 404
    assert (await studio.owner.delete(url)).status_code == 204
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        await unit.execute(
            "UPDATE invitations SET expires_at = now() WHERE id = $1",
            UUID(expired["invitation"]["id"]),
        )
    answers = [
        await eve.post(ACCEPT, json={"code": code})
        for code in (revoked["code"], expired["code"], "made up", "\0", "💥")
    ]
    assert {a.status_code for a in answers} == {404}
    said = [{**a.json(), "request_id": ""} for a in answers]
    assert all(one == said[0] for one in said)


async def test_a_link_is_worth_no_more_than_who_made_it(studio) -> None:
    ina, project = await studio.person("Ina"), None
    project = await studio.project(ina)
    link = await invited(ina, project, most_uses=None)
    tom = await joined(studio, link)
    given = await ina.post(f"/api/v1/projects/{project}/transfer", json={"user_id": await me(tom)})
    assert given.status_code == 200, given.text
    assert given.json()["role"] == "editor"
    late = await (await studio.person()).post(ACCEPT, json={"code": link["code"]})
    assert late.status_code == 404


async def test_the_code_is_not_in_the_database(studio) -> None:
    project = await studio.project()
    link = await invited(studio.owner, project)
    async with unit_of_work(role=DatabaseRole.SERVICE) as unit:
        rows = await unit.fetch("SELECT * FROM invitations")
        logged = await unit.fetch("SELECT * FROM audit_log")
    assert rows
    assert link["code"] not in str([dict(row) for row in rows] + [dict(row) for row in logged])
    listed = await studio.owner.get(f"/api/v1/projects/{project}/invitations")
    assert listed.json()["items"][0]["id"] == link["invitation"]["id"]
    assert link["code"] not in listed.text


@pytest.mark.parametrize(
    "terms", [{"hours": 0}, {"hours": 10**6}, {"most_uses": 0}, {"role": "owner"}, {"more": 1}]
)
async def test_odd_terms_are_refused(studio, terms) -> None:
    project = await studio.project()
    body = {"role": "viewer", **terms}
    answer = await studio.owner.post(f"/api/v1/projects/{project}/invitations", json=body)
    assert answer.status_code == 400, answer.text


async def test_roles_change_people_leave_and_are_taken_out(studio) -> None:
    project = await studio.project()
    tom = await joined(studio, await invited(studio.owner, project, "viewer"))
    una = await joined(studio, await invited(studio.owner, project, "viewer"), "Una")
    base = f"/api/v1/projects/{project}"
    url = f"{base}/members/{await me(tom)}"
    assert (await tom.patch(url, json={"role": "editor"})).status_code == 403
    assert (await studio.owner.patch(url, json={"role": "editor"})).status_code == 204
    assert (await tom.patch(base, json={"title": "The Fog"})).status_code == 200
    assert (await studio.owner.patch(url, json={"role": "owner"})).status_code == 400
    assert (await una.delete(url)).status_code == 403
    assert (await una.delete(f"{base}/members/{await me(una)}")).status_code == 204
    assert (await una.get(base)).status_code == 404
    assert (await studio.owner.delete(url)).status_code == 204
    assert (await tom.get(base)).status_code == 404
    assert (await studio.owner.delete(url)).json()["code"] == "project.no_member"
    owner = await me(studio.owner)
    alone = await studio.owner.delete(f"{base}/members/{owner}")
    assert (alone.status_code, alone.json()["code"]) == (409, "project.is_owner")
    assert await kinds(studio.owner, project) == [
        "member.removed", "member.left", "project.changed", "member.role_changed", "member.joined",
        "member.joined", "project.created",
    ]  # fmt: skip
    audit = (await studio.owner.get(f"{base}/audit")).json()["items"]
    assert audit[0]["kind"] == "member.removed"
    assert audit[0]["detail"]["member_name"] == "Tom Reed"
    assert audit[0]["address"] == "127.0.0.1"
    assert (await tom.get(f"{base}/audit")).status_code == 404


async def test_a_project_is_given_away_whole(studio) -> None:
    ina = await studio.person("Ina")
    project = await studio.project(ina)
    tom = await joined(studio, await invited(ina, project, "viewer"))
    url = f"/api/v1/projects/{project}/transfer"
    stranger, tom_id = await me(await studio.person()), await me(tom)
    assert (await ina.post(url, json={"user_id": stranger})).json()["code"] == "project.no_member"
    answers = await asyncio.gather(*[ina.post(url, json={"user_id": tom_id}) for _ in range(2)])
    assert sorted(a.status_code for a in answers) in ([200, 200], [200, 403])
    assert await members(tom, project) == {"Tom Reed": "owner", "Ina": "editor"}
    assert (await ina.post(url, json={"user_id": await me(ina)})).status_code == 403
    assert (await tom.delete(f"/api/v1/projects/{project}")).status_code == 204


async def test_a_team_comes_into_a_project_together_and_goes_together(studio) -> None:
    ina = await studio.person("Ina")
    team = (await ina.post("/api/v1/teams", json={"name": " Camera  crew "})).json()
    assert (team["name"], team["is_lead"], team["members"]) == ("Camera crew", True, 1)
    link = await ina.post(f"/api/v1/teams/{team['id']}/invitations", json={"most_uses": 2})
    offer = (await ina.post(PREVIEW, json={"code": link.json()["code"]})).json()
    assert (offer["kind"], offer["title"]) == ("team", "Camera crew")
    tom = await joined(studio, link.json())
    assert [t["name"] for t in (await tom.get("/api/v1/teams")).json()["items"]] == ["Camera crew"]
    project = await studio.project(ina)
    base = f"/api/v1/projects/{project}"
    share = f"{base}/teams/{team['id']}"
    assert (await tom.get(base)).status_code == 404
    assert (await ina.put(share, json={"role": "reviewer"})).status_code == 204
    assert (await tom.get(base)).json()["role"] == "reviewer"
    assert project in (await tom.get("/api/v1/projects")).text
    shown = (await tom.get(f"{base}/members")).json()["items"]
    assert [(m["name"], m["own_role"], m["teams"]) for m in shown] == [
        ("Ina", "owner", ["Camera crew"]),
        ("Tom Reed", None, ["Camera crew"]),
    ]
    assert (await tom.put(share, json={"role": "editor"})).status_code == 403
    assert (await ina.put(share, json={"role": "editor"})).status_code == 204
    assert (await tom.get(f"{base}/teams")).json()["items"][0]["role"] == "editor"
    tom_id = await me(tom)
    assert (await ina.delete(f"{base}/members/{tom_id}")).json()["code"] == "project.no_member"
    assert (await ina.delete(f"/api/v1/teams/{team['id']}/members/{tom_id}")).status_code == 204
    assert (await tom.get(base)).status_code == 404
    assert (await tom.get(f"/api/v1/teams/{team['id']}/members")).status_code == 404
    tom = await joined(studio, link.json())
    assert (await tom.get(base)).json()["role"] == "editor"
    assert (await ina.delete(share)).status_code == 204
    assert (await tom.get(base)).status_code == 404
    assert "team.unshared" in await kinds(ina, project)


async def test_a_team_always_has_somebody_who_leads_it(studio) -> None:
    ina, tom = await studio.person("Ina"), await studio.person("Tom")
    team = (await ina.post("/api/v1/teams", json={"name": "Sound"})).json()["id"]
    url = f"/api/v1/teams/{team}"
    for method, path, body in (
        ("GET", "/members", None),
        ("PATCH", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/invitations", {}),
        ("GET", "/invitations", None),
        ("DELETE", f"/members/{await me(ina)}", None),
    ):
        answer = await tom.request(method, url + path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "team.not_found"), path
    link = (await ina.post(f"{url}/invitations", json={})).json()
    await tom.post(ACCEPT, json={"code": link["code"]})
    for method, path, body in (
        ("PATCH", "", {"name": "Mine"}),
        ("DELETE", "", None),
        ("POST", "/invitations", {}),
        ("PATCH", f"/members/{await me(tom)}", {"is_lead": True}),
        ("DELETE", f"/members/{await me(ina)}", None),
    ):
        answer = await tom.request(method, url + path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "team.not_lead"), path
    assert (await ina.delete(f"{url}/members/{await me(ina)}")).json()["code"] == "team.needs_lead"
    stays = await ina.patch(f"{url}/members/{await me(ina)}", json={"is_lead": False})
    assert stays.json()["code"] == "team.needs_lead"
    made = await ina.patch(f"{url}/members/{await me(tom)}", json={"is_lead": True})
    assert made.status_code == 204
    assert (await ina.delete(f"{url}/members/{await me(ina)}")).status_code == 204
    assert (await tom.patch(url, json={"name": "Foley"})).status_code == 204
    assert (await tom.delete(url)).status_code == 204


async def test_the_studios_owner_alone_invites_into_the_studio_and_reads_all_of_the_log(
    studio,
) -> None:
    eve = await studio.person("Eve")
    for answer in (
        await eve.post("/api/v1/invitations", json={}),
        await eve.get("/api/v1/audit"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "account.not_owner")
    link = (await studio.owner.post("/api/v1/invitations", json={"most_uses": 1})).json()
    browser = await studio.client()
    answer = await browser.post(ACCEPT, json={"code": link["code"], "account": account("Nia")})
    assert answer.json() == {
        "kind": "studio", "project_id": None, "team_id": None, "role": None, "changed": True,
    }  # fmt: skip
    assert (await browser.get("/api/v1/projects")).json()["items"] == []
    log = (await studio.owner.get("/api/v1/audit", params={"limit": 500})).json()["items"]
    assert {"invitation.created", "invitation.accepted", "account.created"} <= {
        one["kind"] for one in log
    }


async def test_the_feed_is_paginated_and_only_for_members(studio) -> None:
    project = await studio.project()
    for number in range(5):
        await studio.owner.patch(f"/api/v1/projects/{project}", json={"title": f"Film {number}"})
    url = f"/api/v1/projects/{project}/activity"
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await studio.owner.get(url, params=params)).json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [one["kind"] for one in seen] == ["project.changed"] * 5 + ["project.created"]
    assert {one["name"] for one in seen} == {"Owner"}
    assert (await (await studio.person()).get(url)).status_code == 404

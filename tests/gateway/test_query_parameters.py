"""A query parameter that a route does not know is refused on every route, with the one meant."""

from __future__ import annotations

from collections import defaultdict

import pytest

from app.platform.ids import new_key
from tests.gateway.example_requests import example_requests


async def test_every_route_of_the_api_refuses_what_it_does_not_know(studio) -> None:
    document = (await studio.owner.get("/api/docs/openapi.json")).json()
    nothing = defaultdict(new_key, version=1)
    routes = list(example_requests(document, {"target": "x", "node": "x"}))
    for one in routes:
        url, params = one.url(nothing), {**one.params, "colour": "red"}
        answer = await studio.owner.request(one.method, url, json=one.body, params=params)
        assert answer.status_code == 400, (one.name, answer.text)
        if one.method != "HEAD":
            assert answer.json()["code"] == "request.unknown_parameter", one.name
            assert "`colour`" in answer.json()["title"]
    assert len(routes) > 40


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("limits=3", "The parameter is `limit`."),
        ("per_page=3", "The parameter is `limit`."),
        ("page=3", "The parameter is `cursor`."),
        ("Origin=x", "The parameter is `origin`."),
        ("zzz=3", "There are: `cursor`, `limit`, `origin`, `search`, `show`, `sort`, `whose`."),
    ],
)
async def test_the_refusal_names_what_was_meant(studio, query: str, hint: str) -> None:
    answer = await studio.owner.get(f"/api/v1/projects?{query}")
    assert answer.json()["hint"] == hint


async def test_pages_for_people_take_what_others_append(studio) -> None:
    assert (await studio.owner.get("/api/docs?utm_source=mail")).status_code == 200


async def test_a_list_is_had_page_by_page(studio) -> None:
    person = await studio.person()
    made = [await studio.project(person, title=f"Film {i}") for i in range(5)]
    found, cursor = [], {}
    while True:
        answer = await person.get("/api/v1/projects", params={"limit": 2, **cursor})
        page = answer.json()
        assert set(page) == {"items", "next_cursor"}
        found += [project["id"] for project in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == made[::-1]

"""How fast the API answers: `python benchmarks/api.py [--rate 200] [--seconds 5] [--assets 10000]`.

A studio of its own, on an empty data folder, with a project made from a script and a library of ten
thousand assets. Every read route that the OpenAPI document names is asked so many times a second,
whether it has answered or not (an open loop), and the medians and 95th percentiles are printed; so
are those of a bare Litestar route in a process of its own, which is asked in turns with the others.
For the library, the time of the same query at the database alone is printed as well.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec

from app.processes.embedded import EmbeddedPostgres, runtime_folder
from app.processes.listening import free_port
from app.processes.studio import running
from app.settings import Settings

SCRIPT = Path(__file__).parent.parent / "examples" / "scripts" / "lighthouse.fountain"
BARE = """
import sys, uvicorn
from litestar import Litestar, get

@get("/")
async def bare() -> dict[str, str]:
    return {"title": "Lighthouse"}

uvicorn.run(Litestar([bare], openapi_config=None, logging_config=None), port=int(sys.argv[1]),
            log_config=None, access_log=False)
"""
# What waits on purpose, streams whole files, or is no answer for a program.
LEFT_OUT = ("/export", "/api/docs", "/preview", "/uploads/", "/content", "/thumbnail", "/proxy",
            "/filmstrip", "/waveform", "/media/", "/git")  # fmt: skip

Answered = tuple[float, int]


class Route(msgspec.Struct):
    """One route, and how long its answers took, in seconds."""

    name: str
    url: str
    took: list[float] = []
    statuses: set[int] = set()


async def ask(client: httpx.AsyncClient, url: str) -> Answered:
    """One request: how long it took, and its status."""
    begun = time.perf_counter()
    try:
        answer = await client.get(url)
    except httpx.TransportError:
        return time.perf_counter() - begun, 0
    return time.perf_counter() - begun, answer.status_code


async def load(client: httpx.AsyncClient, route: Route, rate: float, seconds: float) -> None:
    """Ask so often, at the times that were set before, and not when the last answer has come."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    asked = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begun + number / rate - loop.time()))
        asked.append(asyncio.create_task(ask(client, route.url)))
    for took, status in await asyncio.gather(*asked):
        route.took.append(took)
        route.statuses.add(status)


def figures(took: list[float]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    parts = statistics.quantiles(took, n=20, method="inclusive")
    return 1000 * parts[9], 1000 * parts[18]


async def fill(database: asyncpg.Connection, project: str, user: str, many: int) -> None:
    """So many assets, written at once; their folders are said to be there."""
    await database.execute(
        """INSERT INTO assets (id, project_id, kind, name, sort_name, search, folder, version,
             created_by, changed_by, published_version, published_folder)
           SELECT gen_random_uuid(), $1, 'prop', 'Asset ' || n, 'asset ' || n,
             'asset ' || n || repeat(' somebody in the fog', 12), 'ASSET_' || n, 1, $2, $2, 1,
             'ASSET_' || n
           FROM generate_series(1, $3::integer) n""",
        project,
        user,
        many,
    )
    await database.execute(
        """INSERT INTO asset_versions (asset_id, version, project_id, content, made_by)
           SELECT id, 1, project_id, jsonb_build_object('name', name, 'description', search),
             created_by FROM assets WHERE project_id = $1 AND name LIKE 'Asset %'""",
        project,
    )
    # As it is after a while, and not in the middle of the measurement.
    await database.execute("VACUUM (ANALYZE) assets, asset_versions")


async def routes(client: httpx.AsyncClient, project: str) -> list[Route]:
    """Every read route of the document that these ids make an address of."""
    document = (await client.get("/api/docs/openapi.json")).json()
    base = f"/api/v1/projects/{project}"
    graph = (await client.get(f"{base}/graph")).json()
    shot = next(node["id"] for node in graph["nodes"] if node["type"] == "film.shot")
    asset = (await client.get(f"{base}/assets?limit=1")).json()["items"][0]["id"]
    known = {
        "project_id": project, "asset_id": asset, "node_id": shot, "version": 1,
        "graph_id": graph["id"], "exporter": "otio",
    }  # fmt: skip
    found = []
    for path, operations in document["paths"].items():
        wanted = set(re.findall(r"\{(\w+)\}", path))
        if "get" not in operations or not path.startswith("/api/") or not wanted <= known.keys():
            continue
        if any(part in path for part in LEFT_OUT):
            continue
        url = path.format(**known)
        needed = [
            given["name"] for given in operations["get"].get("parameters", ())
            if given["in"] == "query" and given.get("required")
        ]  # fmt: skip
        values = {"target": shot, "from": 0, "to": 1}
        if not set(needed) <= values.keys():
            continue
        query = "&".join(f"{name}={values[name]}" for name in needed)
        found.append(Route(path, f"{url}?{query}" if query else url))
    assets = f"{base}/assets"
    found.append(Route("assets, page 50 of 100", await page_at(client, assets, 50)))
    found.append(Route("assets, search (one found)", f"{assets}?search=asset 9999"))
    found.append(Route("assets, search (none found)", f"{assets}?search=nobody"))
    return found


async def page_at(client: httpx.AsyncClient, url: str, number: int) -> str:
    cursor = ""
    for _ in range(number):
        page = (await client.get(f"{url}?limit=100{cursor}")).json()
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    return f"{url}?limit=100{cursor}"


async def at_the_database(database: asyncpg.Connection, project: str, user: str) -> dict[str, Any]:
    """The queries of the library as the API's own role makes them, one after the other: a search
    is answered from its order where it finds many."""
    sql = """WITH page AS MATERIALIZED (SELECT a.* FROM assets a
          WHERE a.project_id = $1 AND a.removed_at IS NULL AND strpos(a.search, $2) > 0
          ORDER BY a.sort_name, a.id LIMIT 101)
        SELECT a.*, v.content FROM page a
        JOIN asset_versions v ON v.asset_id = a.id AND v.version = a.version
        ORDER BY a.sort_name, a.id"""
    found = {}
    for name, word in (("list", "somebody"), ("search", "nobody")):
        took = []
        for _ in range(100):
            async with database.transaction():
                await database.execute("SET LOCAL ROLE director_app")
                await database.execute("SELECT set_config('director.actor', $1, true)", user)
                begun = time.perf_counter()
                few = await database.fetch(
                    "SELECT * FROM director_assets_like($1, ARRAY[$2::text], 501)", project, word
                )
                if len(few) > 500:
                    await database.fetch(sql, project, word)
                took.append(time.perf_counter() - begun)
        p50, p95 = figures(took)
        found[f"database, {name}"] = {"p50_ms": round(p50, 2), "p95_ms": round(p95, 2)}
    return found


async def measure(options: argparse.Namespace, home: Path) -> dict[str, Any]:
    settings = msgspec.structs.replace(
        Settings(home=home), host="127.0.0.1", port=free_port(), workers=0
    )
    port = free_port()
    bare_process = await asyncio.create_subprocess_exec(sys.executable, "-c", BARE, str(port))
    try:
        async with running(settings) as studio:
            limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
            async with (
                httpx.AsyncClient(
                    base_url=studio.address.url,
                    headers={"Authorization": f"Bearer {studio.address.token}"},
                    timeout=60,
                    limits=limits,
                ) as client,
                httpx.AsyncClient(
                    base_url=f"http://127.0.0.1:{port}", timeout=60, limits=limits
                ) as bare_client,
            ):
                return await _measure(options, settings, client, bare_client)
    finally:
        bare_process.terminate()
        await bare_process.wait()


async def _measure(
    options: argparse.Namespace,
    settings: Settings,
    client: httpx.AsyncClient,
    bare_client: httpx.AsyncClient,
) -> dict[str, Any]:
    made = await client.post("/api/v1/projects", json={"title": "Lighthouse"})
    project = made.raise_for_status().json()["id"]
    imported = await client.post(
        f"/api/v1/projects/{project}/scripts",
        content=SCRIPT.read_bytes(),
        headers={"X-Filename": SCRIPT.name},
    )
    imported.raise_for_status()
    user = (await client.get("/api/v1/auth/me")).json()["id"]
    postgres = EmbeddedPostgres(settings.home, runtime_folder(settings.home))
    owner_url = os.environ.get("DIRECTOR_DATABASE_URL") or postgres.url()
    owner = await asyncpg.connect(owner_url)
    try:
        await fill(owner, project, user, options.assets)
        found = await routes(client, project)
        bare = Route("a bare Litestar route", "/")
        for route in found:
            await ask(client, route.url)
            await load(client, route, options.rate, options.seconds)
            await load(bare_client, bare, options.rate, min(1.0, options.seconds))
        results: dict[str, Any] = {}
        for route in (bare, *found):
            p50, p95 = figures(route.took)
            results[route.name] = {
                "p50_ms": round(p50, 2),
                "p95_ms": round(p95, 2),
                "statuses": sorted(route.statuses),
            }
        return results | await at_the_database(owner, project, user)
    finally:
        await owner.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rate", type=float, default=200, help="requests a second to each route")
    parser.add_argument("--seconds", type=float, default=5, help="how long each route is asked")
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="director-api-") as folder:
        results = asyncio.run(measure(options, Path(folder)))
    if options.json:
        print(json.dumps(results, indent=2))
        return
    for name, told in sorted(results.items(), key=lambda item: -item[1]["p95_ms"]):
        strange = [s for s in told.get("statuses", []) if s != 200]
        print(
            f"{told['p50_ms']:9.1f} {told['p95_ms']:9.1f} ms  {name}"
            + (f"  {strange}" if strange else "")
        )


if __name__ == "__main__":
    main()

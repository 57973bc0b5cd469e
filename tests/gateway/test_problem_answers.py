"""What is wrong with a request is said as problem JSON, whatever it is, and never as a fault."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from app.gateway import errors
from app.gateway.errors import EXCEPTION_HANDLERS, as_director_error
from app.platform import database
from app.platform.ids import new_key
from app.platform.plugins import PluginReport

PROBLEM = "application/problem+json"


def is_problem(answer, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith(PROBLEM)
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:director:{code}"
    assert body["title"]


async def test_unknown_addresses_and_wrong_methods_are_problems(studio) -> None:
    is_problem(await studio.owner.get("/api/v1/nothing"), 404, "request.not_found")
    is_problem(await studio.owner.get("/api/nothing"), 404, "request.not_found")
    is_problem(await studio.owner.put("/api/v1/projects"), 405, "request.bad_method")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"nonsense", b"\xff\xfe", b'{"title": NaN}', b'{"title": "\\ud800"}', b"null",
     b"[" * 100_000, b'{"title":' + b'{"a":' * 50_000],
)  # fmt: skip
async def test_a_body_that_is_no_json_of_ours_is_a_problem(studio, body) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await studio.owner.post("/api/v1/projects", content=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith(PROBLEM)
    assert str(studio.settings.home) not in answer.text


async def test_a_body_that_is_too_large_is_refused_while_it_comes(studio) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 200:
            sent += 1
            yield b" " * 1_000_000

    headers = {"Content-Type": "application/json"}
    answer = await studio.owner.post("/api/v1/projects", content=endless(), headers=headers)
    is_problem(answer, 413, "request.too_large")
    assert sent < 100


async def test_every_answer_carries_the_security_headers(studio) -> None:
    for url in ("/", "/api/v1/health", "/api/v1/projects", "/api/docs/openapi.json"):
        answer = await studio.owner.get(url)
        assert answer.headers["x-content-type-options"] == "nosniff", url
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], url


async def test_the_schema_is_served_without_the_internet(studio) -> None:
    nobody = await studio.client()
    schema = (await nobody.get("/api/docs/openapi.json")).json()
    assert schema["openapi"].startswith("3.")
    for path in ("/auth/token", "/api/projects/create", "/api/projects/{project_id}/generate",
                 "/api/projects/{project_id}/commit", "/api/projects/{project_id}/history",
                 "/api/projects/{project_id}/structure"):  # fmt: skip
        assert path in schema["paths"], path
    page = (await nobody.get("/api/docs")).text
    assert "https://" not in page
    assert "http://" not in page


async def test_node_types_come_with_the_schema_of_their_form(studio) -> None:
    types = (await studio.owner.get("/api/v1/node-types")).json()["items"]
    by_id = {t["id"]: t for t in types}
    shot = by_id["film.shot"]
    assert shot["params"]["properties"]["camera_movement"]["enum"]
    assert shot["unavailable"] is None
    assert {s["id"] for s in shot["outputs"]} == {"video", "next"}
    assert {"film.scene", "film.assembly", "film.loop", "film.image_generation"} <= set(by_id)


async def test_no_answer_about_the_studio_names_a_path(studio) -> None:
    for url in ("/api/v1/health", "/api/v1/plugins", "/api/v1/workers", "/api/v1/projects"):
        text = (await studio.owner.get(url)).text
        assert str(studio.settings.home) not in text, url


async def test_the_report_of_a_plugin_that_fails_names_no_folder(studio, monkeypatch) -> None:
    where = "/home/ina/venv/lib/python3.11/site-packages/odd/plugin.py"
    said = f"ImportError: cannot import name 'x' from 'odd' ({where}) (line 3 of <module>)"
    report = PluginReport(name="odd", state="failed", errors=[said])
    monkeypatch.setattr(studio.app.state.plugins, "reports", [report])
    [body] = (await studio.owner.get("/api/v1/plugins")).json()["items"]
    assert body["errors"] == [said.replace(where, "plugin.py")]
    assert report.errors == [said]


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**60, max_value=2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["\0", "../../etc/passwd", "film.shot", "data.active_take", "once-"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
KINDS = ["node.add", "node.remove", "node.set", "node.move", "edge.add", "edge.set",
         "edge.remove", "text.edit", "graph.set"]  # fmt: skip
FIELDS = ["id", "ids", "type", "parent", "order", "pos", "size", "data", "text", "values", "clear",
          "source", "target", "source_socket", "target_socket", "strength", "label", "field",
          "base", "delta", "locked"]  # fmt: skip


@pytest.fixture(scope="module")
async def canvas(studio) -> tuple[str, str]:
    project = await studio.project()
    return project, await studio.shot(project)


async def test_garbage_on_the_canvas_is_never_a_fault(studio, canvas) -> None:
    project, shot = canvas
    near = st.fixed_dictionaries(
        {"op": st.sampled_from(KINDS), "id": st.sampled_from([shot, "x", ""]) | st.builds(new_key)},
        optional={
            "type": st.just("film.shot") | values,
            "values": st.dictionaries(
                st.sampled_from(["data.code", "data.frames", "text.prompt", "pos", "size", "x"]),
                values,
            ),
            "data": st.dictionaries(st.sampled_from(["code", "seed"]), values),
            "pos": values, "order": values, "parent": values, "delta": st.lists(values, max_size=3),
            "field": st.just("prompt"), "base": st.integers(-2, 9), "clear": st.lists(values),
        },
    )  # fmt: skip
    anything = st.dictionaries(st.sampled_from([*FIELDS, "op"]), values)
    bodies = st.fixed_dictionaries(
        {"ops": st.lists(near | anything, max_size=3)},
        optional={"base_version": values, "client_id": values, "seq": values, "label": values},
    )
    found: list[object] = []

    @settings(max_examples=120, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(bodies | values)
    def collect(body: object) -> None:
        found.append(body)

    collect()
    accepted = 0
    for body in found:
        text = json.dumps(body)
        answer = await studio.owner.post(
            f"/api/v1/projects/{project}/graph/operations",
            content=text,
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code < 500, (text, answer.text)
        accepted += answer.status_code == 200
        assert answer.status_code == 200 or answer.headers["content-type"].startswith(PROBLEM)
    assert accepted
    assert (await studio.owner.get(f"/api/v1/projects/{project}/graph")).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("generate", {"node_id": "\0"}),
        ("generate", {"node_id": "x" * 65}),
        ("generate", {"node_id": "x", "request_id": "\0"}),
        ("generate", {"node_id": "x", "params": {"a": 1}}),
        ("runs", {"targets": []}),
        ("runs", {"targets": ["\0"]}),
        ("runs", {"targets": ["x"] * 10_001}),
        ("graph/operations", {"ops": [], "label": "\0"}),
        ("graph/operations", {"ops": [], "client_id": "\0", "seq": 1}),
        ("graph/operations", {"ops": [], "client_id": "a"}),
        ("scripts", b""),
        ("scripts", b"\0" * 1000),
    ],
)
async def test_hostile_requests_of_a_project_are_refused(studio, canvas, path, body) -> None:
    how = {"content": body} if isinstance(body, bytes) else {"json": body}
    answer = await studio.owner.post(f"/api/v1/projects/{canvas[0]}/{path}", **how)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"].startswith(PROBLEM)


@pytest.mark.parametrize(
    "query",
    ["takes?node_id=%00", "takes?node_id=" + "x" * 5000, "plan?target=%00", "plan?target=x",
     "plan?target=", "plan"],
)  # fmt: skip
async def test_hostile_questions_are_answered_or_refused(studio, canvas, query) -> None:
    answer = await studio.owner.get(f"/api/v1/projects/{canvas[0]}/{query}")
    assert answer.status_code < 500, answer.text


def test_a_studio_that_has_too_much_to_do_says_so() -> None:
    answer = EXCEPTION_HANDLERS[database.PoolBusy](None, database.PoolBusy())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert as_director_error(database.PoolBusy()).code == "studio.busy"
    assert as_director_error(TimeoutError()).code == "database.unreachable"


async def test_a_fault_tells_its_id_and_nothing_else(
    studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_actor: object) -> object:
        raise RuntimeError("a secret of /srv/studio/secrets")

    monkeypatch.setattr("app.media.routes.storage_of_person", broken)
    with capture_logs() as lines:
        monkeypatch.setattr(errors, "log", errors.get_logger("test"))
        answer = await studio.owner.get("/api/v1/storage")
    is_problem(answer, 500, "studio.fault")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    # The log has all of it.
    (line,) = [line for line in lines if line["event"] == "request.failed"]
    assert "a secret" in str(line["exc_info"])
    is_problem(await studio.owner.get("/api/v1/nothing"), 404, "request.not_found")

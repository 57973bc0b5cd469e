"""What concerns safety is written down with who, from where and in which request; and headers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from app.gateway.cookies import HOST_ONLY, SESSION_COOKIE
from app.platform.ids import new_key
from app.platform.security_log import LINES, SECONDS, LineLimit
from app.processes.listening import check_transport
from app.settings import Settings
from node_registry import DirectorError
from tests.studio import HOST, PASSWORD

HEADERS = {
    "x-content-type-options", "x-frame-options", "referrer-policy", "content-security-policy",
    "x-request-id",
}  # fmt: skip


def of_kind(lines: list[Any], kind: str) -> list[Any]:
    return [line for line in lines if line["event"] == "security" and line["kind"] == kind]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Each test with a fresh limit, and its lines."""
    from app.platform import security_log

    monkeypatch.setattr(security_log, "_limit", LineLimit())
    with capture_logs() as found:
        # A logger that was used before keeps its processors; this one is new.
        monkeypatch.setattr(security_log, "log", security_log.get_logger("test"))
        yield found


async def test_logging_in_and_out_and_a_wrong_password_are_written(studio, lines) -> None:
    email = f"{new_key()}@example.org"
    person = await studio.client()
    person.headers["Origin"] = f"http://{HOST}"
    from app import accounts

    login = await accounts.register(email, PASSWORD, "Ina")
    user = str(login.actor.user_id)
    assert of_kind(lines, "account.created")[0]["user"] == user
    body = {"email": email, "password": "wrong one entirely"}
    assert (await person.post("/api/v1/auth/login", json=body)).status_code == 401
    assert (
        await person.post("/api/v1/auth/login", json={**body, "password": PASSWORD})
    ).status_code == 200
    assert (await person.post("/api/v1/auth/logout")).status_code == 204
    (failed,) = of_kind(lines, "login.failed")
    assert (failed["outcome"], failed["user"], failed["address"]) == ("failure", user, "127.0.0.1")
    assert of_kind(lines, "login.opened")[-1]["outcome"] == "success"
    assert of_kind(lines, "login.ended")[-1]["user"] == user
    assert not any(PASSWORD in str(line) or "wrong one" in str(line) for line in lines)


async def test_refused_rights_bad_tokens_limits_and_other_sites_are_written(studio, lines) -> None:
    project = await studio.project()
    token = await studio.token()
    await studio.let_in(project, token, "viewer")
    viewer = await studio.client(token)
    answer = await viewer.patch(f"/api/v1/projects/{project}", json={"title": "Mine"})
    assert answer.status_code == 403
    (denied,) = of_kind(lines, "rights.denied")
    assert denied["outcome"] == "refused"
    assert denied["user"]
    assert denied["path"] == "/api/v1/projects/{project_id}"
    stranger = await studio.client("no token of ours")
    assert (await stranger.get("/api/v1/projects")).status_code == 401
    assert of_kind(lines, "token.refused")[0]["code"] == "account.bad_token"
    evil = await viewer.post("/api/v1/projects", json={}, headers={"Origin": "https://evil.test"})
    assert evil.status_code == 403
    assert of_kind(lines, "request.other_site")
    for _ in range(7):
        body = {"email": "nobody@example.org", "password": "wrong one entirely"}
        answer = await stranger.post("/api/v1/auth/login", json=body)
    assert answer.status_code == 429
    assert of_kind(lines, "login.locked")[0]["code"] == "account.too_many_tries"


def test_a_flood_of_refusals_gets_few_lines_and_a_count() -> None:
    now = 0.0
    limit = LineLimit(lambda: now)
    admitted = [limit.admit("rights.denied", "10.0.0.1") for _ in range(LINES + 50)]
    assert admitted[:LINES] == [0] * LINES
    assert admitted[LINES:] == [None] * 50
    assert limit.admit("rights.denied", "10.0.0.2") == 0
    now = SECONDS / LINES * 1.01
    assert limit.admit("rights.denied", "10.0.0.1") == 50
    now += SECONDS
    assert limit.admit("rights.denied", "10.0.0.1") == 0


async def test_every_answer_has_headers_and_an_id_also_those_that_no_route_gave(studio) -> None:
    ids = set()
    for method, path, headers in (
        ("GET", "/api/v1/health", {}),
        ("GET", "/api/v1/nothing", {}),
        ("PUT", "/api/v1/projects", {}),
        ("POST", "/api/v1/projects", {"Origin": "https://evil.test"}),
        ("POST", "/api/v1/projects", {"Content-Type": "application/json"}),
        ("GET", "/", {}),
        ("GET", "/livez", {}),
    ):
        answer = await studio.owner.request(method, path, headers=headers)
        assert set(answer.headers) >= HEADERS, (method, path, answer.headers)
        assert "strict-transport-security" not in answer.headers
        assert "server" not in answer.headers
        ids.add(answer.headers["x-request-id"])
        if answer.headers["content-type"].startswith("application/problem") and not headers.get(
            "Origin"
        ):
            assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert len(ids) == 7
    # An id of the client's is none of ours: logs would say what it likes.
    answer = await studio.owner.get("/api/v1/health", headers={"X-Request-Id": "forged"})
    assert answer.headers["x-request-id"] != "forged"


async def test_behind_https_cookies_are_of_this_host_alone_and_http_is_left(studio) -> None:
    email = f"{new_key()}@example.org"
    from app import accounts

    await accounts.register(email, PASSWORD, "Ina")
    transport = httpx.ASGITransport(studio.app)
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{HOST}") as browser:
        browser.headers["Origin"] = f"https://{HOST}"
        answer = await browser.post(
            "/api/v1/auth/login", json={"email": email, "password": PASSWORD}
        )
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        for cookie in answer.headers.get_list("set-cookie"):
            assert cookie.startswith(HOST_ONLY)
            assert "secure" in cookie.lower()
            assert "domain" not in cookie.lower()
        assert (await browser.get("/api/v1/auth/me")).status_code == 200
        token = browser.cookies[HOST_ONLY + SESSION_COOKIE]
    # One that another host of the domain, or a page over HTTP, could have put there is not read.
    async with httpx.AsyncClient(transport=transport, base_url=f"https://{HOST}") as other:
        other.cookies.set(SESSION_COOKIE, token)
        assert (await other.get("/api/v1/auth/me")).status_code == 401


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "studio.example"])
def test_a_network_without_https_is_refused_unless_that_is_wanted(host: str) -> None:
    with pytest.raises(DirectorError) as refused:
        check_transport(Settings(host=host))
    assert refused.value.code == "studio.plain_http"
    assert "DIRECTOR_PLAIN_HTTP" in refused.value.hint
    check_transport(Settings(host=host, secure_cookies=True))
    check_transport(Settings(host=host, plain_http=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_alone_needs_none(host: str) -> None:
    check_transport(Settings(host=host))


async def test_the_access_log_names_the_person_and_no_query(
    studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.gateway import request_log

    monkeypatch.setattr(studio.app, "request_log", request_log.RequestLog(access=True, https=False))
    with capture_logs() as found:
        monkeypatch.setattr(request_log, "log", request_log.get_logger("test"))
        answer = await studio.owner.get("/api/v1/projects?limit=1")
    (line,) = [line for line in found if line["event"] == "http.request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/projects", 200)
    assert line["bytes"] == len(answer.content)
    assert line["user"]
    assert line["address"] == "127.0.0.1"

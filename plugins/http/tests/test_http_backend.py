"""HTTP requests against a real server: results of each form, jobs, refusals, keys, redirects."""

from __future__ import annotations

import asyncio
import base64
import socket
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest
import pytest_asyncio
from director_http import Settings, http_spec
from director_http.addresses import PublicResolver, checked, is_public
from http_service import PNG, Service, run, service, settings_of
from node_registry.testing import BackendSuite, LocalContext

from node_registry import BackendError, Cancelled, Input, Output, Request

__all__ = ["service"]


def request_of(url: str, resume: bytes | None = None, **params: Any) -> Request:
    return Request(
        task_id="t",
        attempt=1,
        node_id="n",
        node_type="http.image",
        params={"url": url, **params},
        seed=42,
        resume=resume,
    )


async def refused(settings: Settings, root: Path, request: Request) -> BackendError:
    with pytest.raises(BackendError) as caught:
        await run(settings, root, request)
    return caught.value


class TestHttp(BackendSuite):
    serverless = True
    outputs = ("image",)

    @pytest_asyncio.fixture(autouse=True)
    async def answers(self, service: Service) -> None:
        self.service = service
        type(self).spec = http_spec(settings_of(service))

    spec = http_spec(Settings(hosts="127.0.0.1"))

    def make_request(self, context: LocalContext) -> Request:
        return request_of(f"{self.service.url}/file")


@pytest.mark.parametrize(
    ("path", "result"),
    [("/file", ""), ("/base64", "/data/0/b64"), ("/address", "/images/0/url")],
)
async def test_the_result_is_the_answer_or_stands_in_it(
    service: Service, tmp_path: Path, path: str, result: str
) -> None:
    request = request_of(service.url + path, result=result)
    events, context = await run(settings_of(service), tmp_path, request)
    (output,) = [event for event in events if isinstance(event, Output)]
    assert output.media.media_type == "image/png"
    assert context.path(output.media).read_bytes() == PNG


async def test_values_keep_the_form_of_body_and_address(service: Service, tmp_path: Path) -> None:
    context = LocalContext(tmp_path)
    picture = Input(node_id="a", media=context.keep(PNG, "image/png"))
    request = request_of(
        service.url + "/file/{{prompt}}/x?q={{prompt}}",
        prompt='A "lamp", {{seed}} & fog/../x',
        body='{"text": "Draw {{prompt}}", "seed": "{{ seed }}", "in": ["{{image}}"]}',
        secret="images",
    )
    request = msgspec.structs.replace(request, inputs={"image": [picture]})
    await run(settings_of(service), tmp_path, request)
    ((method, address, body, headers),) = service.asked
    assert method == "POST"
    place, _, query = address.partition("?")
    assert place.count("/") == 3
    assert parse_qs(query) == {"q": ['A "lamp", {{seed}} & fog/../x']}
    assert body["text"] == 'Draw A "lamp", {{seed}} & fog/../x'
    assert body["seed"] == 42
    assert body["in"] == [f"data:image/png;base64,{base64.b64encode(PNG).decode()}"]
    assert headers["Authorization"] == "Bearer s3cret"


JOB = {"result": "/output", "status_url": "/urls/get"}


async def test_a_job_is_followed_to_its_end_and_begun_once(
    service: Service, tmp_path: Path
) -> None:
    request = request_of(service.url + "/jobs", **JOB)
    events, context = await run(settings_of(service), tmp_path, request)
    assert any(isinstance(event, Output) for event in events)
    # Another worker goes on with it.
    again = request_of(service.url + "/jobs", resume=context.checkpoints[-1], **JOB)
    events, _ = await run(settings_of(service), tmp_path, again)
    assert any(isinstance(event, Output) for event in events)
    assert [path for method, path, *_ in service.asked if method == "POST"] == ["/jobs"]


async def test_a_failed_job_says_why_and_is_begun_anew(service: Service, tmp_path: Path) -> None:
    service.states = ["failed"]
    request = request_of(service.url + "/jobs", **JOB)
    context = LocalContext.of(tmp_path, request)
    with pytest.raises(BackendError) as caught:
        await run(settings_of(service), tmp_path, request, context)
    assert caught.value.code == "http.job_failed"
    assert "/srv/models" not in str(caught.value)
    assert context.checkpoints[-1] == b""


async def test_a_cancel_ends_a_request_and_the_questions(service: Service, tmp_path: Path) -> None:
    service.states = ["processing"]
    for path, params in (("/slow", {}), ("/jobs", JOB)):
        request = request_of(service.url + path, **params)
        context = LocalContext.of(tmp_path, request)
        running = asyncio.create_task(run(settings_of(service), tmp_path, request, context))
        count = len(service.asked)
        while len(service.asked) == count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        context.cancelled.set()
        with pytest.raises(Cancelled):
            async with asyncio.timeout(30):
                await running


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("/text", {}, "http.wrong_result"),
        ("/text", {"result": "/x"}, "http.no_json"),
        ("/deep", {"result": "/x"}, "http.no_json"),
        ("/address", {"result": "/nowhere"}, "http.no_result"),
        ("/nothing", {}, "http.refused"),
        ("/file", {"body": "{seed}"}, "http.bad_body"),
        ("/file", {"body": "[" * 40_000 + "]" * 40_000}, "http.bad_body"),
        ("/file", {"body": "[" * 990 + "]" * 990}, "http.bad_body"),
        ("/file", {"body": '"{{image}}"'}, "http.unknown_word"),
        ("/file", {"secret": "other"}, "http.no_secret"),
    ],
)
async def test_what_fails_says_what(
    service: Service, tmp_path: Path, path: str, params: dict[str, Any], code: str
) -> None:
    error = await refused(settings_of(service), tmp_path, request_of(service.url + path, **params))
    assert error.code == code
    assert error.hint
    assert not error.retryable
    assert "/etc" not in str(error)


async def test_a_key_that_a_service_repeats_is_not_told(service: Service, tmp_path: Path) -> None:
    request = request_of(service.url + "/nothing", secret="images")
    assert "s3cret" not in str(await refused(settings_of(service), tmp_path, request))


@pytest.mark.parametrize(("status", "retryable"), [(429, True), (503, True), (500, False)])
async def test_only_what_another_try_may_mend_is_tried_again(
    service: Service, tmp_path: Path, status: int, retryable: bool
) -> None:
    request = request_of(f"{service.url}/x?status={status}")
    assert (await refused(settings_of(service), tmp_path, request)).retryable is retryable


async def test_a_lost_answer_begins_nothing_twice(service: Service, tmp_path: Path) -> None:
    settings = settings_of(service, answer=0.3)
    lost = await refused(settings, tmp_path, request_of(service.url + "/slow"))
    assert (lost.code, lost.retryable) == ("http.no_answer", False)
    asked = await refused(settings, tmp_path, request_of(service.url + "/slow", method="GET"))
    assert (asked.code, asked.retryable) == ("http.no_answer", True)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://user:pass@127.0.0.1/",
        "http:///x",
        "x",
        "",
        "http://[::1",
    ],
)
async def test_what_is_no_address_is_refused(service: Service, tmp_path: Path, url: str) -> None:
    error = await refused(settings_of(service), tmp_path, request_of(url))
    assert error.code == "http.bad_url"


async def test_only_hosts_of_the_operator_are_asked(service: Service, tmp_path: Path) -> None:
    for url in ("http://127.0.0.1/", "http://localhost:1/", "https://example.org/"):
        error = await refused(settings_of(service), tmp_path, request_of(url))
        assert error.code == "http.host_refused"
    error = await refused(
        settings_of(service), tmp_path, request_of(f"{service.url}/to?place=http://localhost:1/")
    )
    assert error.code == "http.host_refused"
    settings = Settings(hosts="*.example.com")
    assert checked("https://a.b.EXAMPLE.com/x", settings).host == "a.b.example.com"
    for url in ("https://example.com/", "https://badexample.com/", "https://a.example.com:8443/"):
        with pytest.raises(BackendError):
            checked(url, settings)


async def test_a_key_stays_with_its_host(service: Service, tmp_path: Path) -> None:
    settings = settings_of(service)
    both = msgspec.structs.replace(settings, hosts=f"{settings.hosts},localhost:{service.port}")
    place = f"http://localhost:{service.port}/file"
    request = request_of(f"{service.url}/to?place={place}", secret="images")
    await run(both, tmp_path, request)
    first, second = service.asked
    assert "Authorization" in first[3]
    assert "Authorization" not in second[3]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_private_address_is_refused_also_behind_a_name(
    service: Service, tmp_path: Path, host: str
) -> None:
    settings = Settings(hosts=f"{host}:{service.port}")
    error = await refused(settings, tmp_path, request_of(f"http://{host}:{service.port}/file"))
    assert (error.code, error.retryable) == ("http.private_address", False)
    assert not service.asked


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("10.0.0.1", False), ("169.254.169.254", False), ("0.0.0.0", False),
        ("100.64.0.1", False), ("224.0.0.1", False), ("::1", False), ("fe80::1", False),
        ("fd00::1", False), ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False), ("2606:4700::1111", True), ("192.0.0.1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    import ipaddress

    assert is_public(ipaddress.ip_address(address)) is public


async def test_one_private_address_among_those_of_a_name_is_enough() -> None:
    resolver = PublicResolver(Settings(hosts="x.example.org"))

    class Two:
        async def resolve(self, host: str, port: int, family: socket.AddressFamily) -> Any:
            return [{"host": "8.8.8.8"}, {"host": "10.0.0.1"}]

    resolver._inner = Two()  # type: ignore[assignment]
    with pytest.raises(OSError, match=r"x\.example\.org"):
        await resolver.resolve("x.example.org")


async def test_a_large_answer_is_given_up(service: Service, tmp_path: Path) -> None:
    small = settings_of(service, largest_result=10)
    for path, result in (("/file", ""), ("/base64", "/data/0/b64")):
        error = await refused(small, tmp_path, request_of(service.url + path, result=result))
        assert error.code == "http.too_large"


@pytest.mark.parametrize(
    "wrong",
    [{"hosts": "https://x.org"}, {"hosts": "a b"}, {"secrets": "{"}, {"answer": 0.0},
     {"secrets": '{"a": {"host": "x", "value": "b\\nc"}}'}],
)  # fmt: skip
def test_settings_are_refused_without_telling_a_key(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"write|line") as caught:
        Settings(**wrong)
    assert "b\nc" not in str(caught.value)

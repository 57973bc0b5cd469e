"""A token for programs: as JSON, and as clients of OAuth 2 ask for it."""

from __future__ import annotations

import pytest
from oauthlib.oauth2 import LegacyApplicationClient, OAuth2Error

from tests.studio import PASSWORD

ADDRESSES = ("/auth/token", "/api/v1/auth/token")


@pytest.fixture(scope="module")
async def email(studio) -> str:
    person = await studio.person("Ina Berg")
    return (await person.get("/api/v1/auth/me")).json()["email"]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_client_of_oauth_gets_a_token_that_works(studio, email, address) -> None:
    nobody = await studio.client()
    client = LegacyApplicationClient("a-render-farm", scope=["all"])
    form = client.prepare_request_body(
        username=email, password=PASSWORD, include_client_id=True, client_secret="none"
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    answer = await nobody.post(address, content=form, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    token = client.parse_request_body_response(answer.text, scope=["all"])
    assert token["token_type"] == "bearer"
    known = await studio.client(token["access_token"])
    assert (await known.get("/api/v1/auth/me")).json()["email"] == email


@pytest.mark.parametrize("address", ADDRESSES)
async def test_json_gets_the_same(studio, email, address) -> None:
    nobody = await studio.client()
    answer = await nobody.post(address, json={"email": email, "password": PASSWORD})
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    wrong = await nobody.post(address, json={"email": email, "password": "a wrong one"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "account.wrong")
    named = await nobody.post(address, json={"username": email, "password": PASSWORD})
    assert (named.status_code, named.json()["hint"]) == (400, "The field is `email`.")


@pytest.mark.parametrize(
    ("form", "status", "code", "error"),
    [
        ({"password": "wrong"}, 401, "account.wrong", "invalid_grant"),
        ({"grant_type": "client_credentials"}, 400, "request.invalid", "unsupported_grant_type"),
        ({"grant_type": None}, 400, "request.missing_field", "invalid_request"),
        ({"password": None}, 400, "request.missing_field", "invalid_request"),
        ({"mail": "x"}, 400, "request.unknown_field", "invalid_request"),
        ({f"a{n}": "x" for n in range(30)}, 400, "request.invalid", "invalid_request"),
    ],
)
async def test_a_refusal_says_what_oauth_wants_to_hear(
    studio, email, form, status, code, error
) -> None:
    nobody = await studio.client()
    right = {"grant_type": "password", "username": email, "password": PASSWORD}
    sent = {name: value for name, value in (right | form).items() if value is not None}
    answer = await nobody.post("/auth/token", data=sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    with pytest.raises(OAuth2Error) as raised:
        LegacyApplicationClient("x").parse_request_body_response(answer.text)
    assert raised.value.error == error
    assert raised.value.description


async def test_the_description_shows_both_bodies(studio) -> None:
    schema = (await studio.owner.get("/api/docs/openapi.json")).json()
    for address in ADDRESSES:
        content = schema["paths"][address]["post"]["requestBody"]["content"]
        assert set(content) == {"application/json", "application/x-www-form-urlencoded"}

"""Tokens are the studio's own, end when they should, and cannot be made by anybody else."""

from __future__ import annotations

import base64
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from uuid import uuid4

import jwt
import pytest

from app.accounts.tokens import (
    hash_secret,
    issue_token,
    new_api_token,
    new_secret,
    signing_key,
    verify_token,
)
from node_registry import DirectorError

KEY = bytes(range(32))
HOUR = timedelta(hours=1)


def refusal(token: str, key: bytes = KEY) -> str:
    with pytest.raises(DirectorError) as caught:
        verify_token(key, token)
    assert caught.value.status == 401
    assert "Log in" in caught.value.hint
    return caught.value.code


def test_a_token_says_who_and_by_which_session():
    user, session = uuid4(), uuid4()
    claims = verify_token(KEY, issue_token(KEY, user, session, lifetime=HOUR))
    assert (claims.user_id, claims.session_id) == (user, session)
    left = claims.expires_at - datetime.now(UTC)
    assert HOUR - timedelta(seconds=5) < left <= HOUR


def test_a_token_ends():
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    token = issue_token(KEY, uuid4(), uuid4(), lifetime=HOUR, now=long_ago)
    assert refusal(token) == "account.token_expired"


def test_a_token_ends_also_for_who_has_verified_it_before(monkeypatch: pytest.MonkeyPatch):
    token = issue_token(KEY, uuid4(), uuid4(), lifetime=HOUR)
    assert verify_token(KEY, token) == verify_token(KEY, token)
    # Another studio's key does not find what this one verified.
    assert refusal(token, key=b"x" * 32) == "account.bad_token"

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + 2 * HOUR

    monkeypatch.setattr("app.accounts.tokens.datetime", Later)
    assert refusal(token) == "account.token_expired"
    monkeypatch.undo()
    assert verify_token(KEY, token).expires_at > datetime.now(UTC)


def test_a_token_of_another_studio_is_refused():
    token = issue_token(KEY, uuid4(), uuid4(), lifetime=HOUR)
    assert refusal(token, key=b"x" * 32) == "account.bad_token"


def forged(head: dict[str, str], claims: dict[str, object]) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part(head)}.{part(claims)}."


def test_forged_tokens_are_refused():
    good = {"iss": "director", "sub": str(uuid4()), "sid": str(uuid4()), "iat": 1, "exp": 2**33}
    whole = issue_token(KEY, uuid4(), uuid4(), lifetime=HOUR)
    tokens = [
        "", ".", "..", "a.b.c", "x" * 100_000, "é.é.é", whole[:-2], whole + "x",
        forged({"alg": "none", "typ": "JWT"}, good),
        jwt.encode(good, KEY + KEY, algorithm="HS512"),
        *(
            jwt.encode({k: v for k, v in good.items() if k != gone}, KEY, algorithm="HS256")
            for gone in good
        ),
        *(
            jwt.encode({**good, name: wrong}, KEY, algorithm="HS256")
            for name, wrong in (("iss", "other"), ("sub", "7"), ("sid", "../x"), ("exp", 2**80))
        ),
    ]  # fmt: skip
    for token in tokens:
        assert refusal(token) == "account.bad_token", token[:80]


def test_the_key_is_made_once_for_all_and_closed_to_others(tmp_path: Path):
    path = tmp_path / "home" / "signing.key"
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: signing_key(path), range(32)))
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(path.parent) == ["signing.key"]


def test_an_open_or_damaged_key_is_not_used(tmp_path: Path):
    path = tmp_path / "signing.key"
    signing_key(path)
    path.chmod(0o644)
    with pytest.raises(DirectorError) as caught:
        signing_key(path)
    assert caught.value.code == "account.open_key"
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(DirectorError) as caught:
        signing_key(path)
    assert caught.value.code == "account.bad_key"
    assert str(tmp_path) not in str(caught.value)


def test_a_secret_is_known_by_its_hash():
    secret, kept = new_secret()
    other, _ = new_secret()
    assert len(secret) >= 43
    assert secret not in kept
    assert kept == hash_secret(secret)
    assert kept not in (hash_secret(other), hash_secret("é\ud800"))


def test_an_api_token_tells_what_it_is():
    assert new_api_token().startswith("director_pat_")
    assert len({new_api_token() for _ in range(100)}) == 100

"""Passwords are kept as argon2id, and the easy ones are refused with a sentence that helps."""

from __future__ import annotations

import contextlib
import time

import pytest
from argon2 import PasswordHasher

from app.accounts.passwords import check_rules, hash_password, needs_rehash, verify_password
from node_registry import DirectorError

GOOD = "four salty gulls shout"


def test_a_password_is_known_again_and_no_other():
    kept = hash_password(GOOD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert GOOD not in kept
    assert hash_password(GOOD) != kept
    assert verify_password(kept, GOOD)
    assert not verify_password(kept, GOOD + " ")
    assert not verify_password(kept, "")
    assert not needs_rehash(kept)


def test_two_spellings_of_the_same_letters_are_one_password():
    assert verify_password(hash_password("Küstenwächter"), "Ku\u0308stenwa\u0308chter")


@pytest.mark.parametrize(
    "kept", [None, "", "plain", "$argon2id$v=19$m=1,t=1,p=1$YQ$YQ", "$2b$10$x"]
)
def test_nobody_matches_no_password(kept: str | None):
    assert not verify_password(kept, GOOD)
    assert not verify_password(kept, "")


def test_somebody_who_does_not_exist_takes_as_long():
    kept = hash_password(GOOD)
    took: dict[str | None, float] = {}
    for hashed in (kept, None):
        begun = time.perf_counter()
        for _ in range(3):
            verify_password(hashed, "wrong but plausible")
        took[hashed] = time.perf_counter() - begun
    assert took[None] > took[kept] / 3


def test_weaker_hashes_are_made_again():
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=1024).hash("x"))
    assert needs_rehash("no hash at all")


def test_a_huge_password_costs_nothing_extra():
    begun = time.perf_counter()
    assert not verify_password(hash_password(GOOD), "x" * 50_000_000)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "shorter"),
        ("x" * 257, "longer"),
        ("elevenchars", "shorter"),
        ("password1234", "first"),
        ("PassWord1234", "like one that many"),
        ("iloveyou12345", "like one that many"),
        ("passwordpassword", "guessed"),
        ("qwertyuiop123456", "many"),
        ("aaaaaaaaaaaaaaaa", "guessed"),
        ("abababababab", "guessed"),
        ("movie-director", "guessed"),
        ("inaberg-2026", "your own"),
        ("ina.berg@example.org", "your own"),
        ("four salty\0gulls", "typed"),
    ],
)
def test_easy_passwords_are_refused(password: str, said: str):
    with pytest.raises(DirectorError) as caught:
        check_rules(password, name="inaberg", email="ina.berg@example.org")
    assert caught.value.code == "account.weak_password"
    assert said in caught.value.message
    assert "words" in caught.value.hint
    assert len(password) < 6 or password not in str(caught.value)


@pytest.mark.parametrize(
    "password", [GOOD, "тихая гавань", "灯台守の長い夜と海の歌声", "x9$kQ2!mZp4w"]
)
def test_good_passwords_pass(password: str):
    check_rules(password, name="Ina", email="ina@example.org")


def test_a_long_password_is_looked_at_in_no_time():
    begun = time.perf_counter()
    for letters in ("a1b2", "qwertyuiop", "12.12.2012 "):
        with contextlib.suppress(DirectorError):
            check_rules((letters * 256)[:256], name="i" * 100, email=f"{'e' * 64}@{'x' * 255}")
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("stolen", ["gfnhbjnbxtcrfz72", "WebRHFCJnf2008", "poarraheat9050"])
def test_what_was_stolen_elsewhere_is_refused(stolen: str):
    with pytest.raises(DirectorError) as refused:
        check_rules(stolen)
    assert "stolen elsewhere" in str(refused.value)
    check_rules(f"{stolen} & the fog")

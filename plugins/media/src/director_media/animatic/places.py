"""Places: what kind of place, time and weather the words of a script speak of, in many languages.

Plain lists of words (English, German, French, Spanish, Italian, Portuguese, Dutch), folded to
lower case without accents. Nothing found is an answer too: a quiet room, or open land.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_INTERIORS = {
    "kitchen": "kitchen kuche cuisine cocina cucina cozinha keuken",
    "bedroom": "bedroom schlafzimmer chambre dormitorio camera_da_letto quarto slaapkamer bed hotel"
    " nursery kinderzimmer motel",
    "office": "office buro bureau oficina ufficio escritorio kantoor kanzlei newsroom redaktion"
    " police_station wache commissariat comisaria classroom klassenzimmer school schule ecole"
    " escuela scuola",
    "bar": "bar pub tavern kneipe cafe coffee restaurant diner taverne bistro cantina osteria"
    " wirtshaus gasthaus saloon nightclub club",
    "corridor": "corridor hallway hall flur gang couloir pasillo corridoio korridor gang stairwell"
    " staircase treppenhaus treppe stairs escalier escalera scale tunnel lift elevator",
    "hospital": "hospital krankenhaus hopital ospedale clinic klinik ward ziekenhuis morgue",
    "church": "church kirche eglise iglesia chiesa igreja kerk chapel kapelle cathedral dom temple"
    " cathedrale abbey kloster monastery courtroom gericht museum",
    "vehicle": "car auto voiture coche macchina taxi truck lkw van train zug wagon_lit compartment"
    " cockpit bus cab wagen abteil carro treno tram tramway strassenbahn subway metro ubahn",
    "cellar": "cellar basement keller cave sotano cantina_buia garage dungeon kerker prison cell"
    " gefangnis attic dachboden warehouse lager halle barn scheune workshop werkstatt shed schuppen"
    " engine_room",
    "library": "library bibliothek bibliotheque biblioteca bookshop study arbeitszimmer archive"
    " archiv living wohnzimmer salon sala parlour lounge stube drawing_room woonkamer soggiorno"
    " shop laden magasin tienda",
    "control": "lab labor laboratory laboratoire laboratorio spaceship raumschiff bridge_of control"
    " kontrollraum server studio bunker station_module",
    "lamp_room": "lamp_room lantern_room watch_room lampenraum laternenraum laternenhaus"
    " salle_de_la_lampe chambre_de_veille lanterne camara_de_la_linterna",
    "stage": "stage theatre theater buhne scene_de_theatre teatro podium auditorium cinema kino"
    " ballroom circus zirkus manege",
}
_EXTERIORS = {
    "sea": "sea ocean meer ozean mer oceano mar mare zee beach strand plage playa spiaggia praia"
    " coast kuste cote costa harbour harbor hafen port puerto porto pier dock quay kai quai muelle"
    " lighthouse leuchtturm phare faro vuurtoren island insel ile isla isola"
    " cliff klippe falaise acantilado shore ufer jetty mole",
    "forest": "forest wood woods wald foret bosque bosco floresta bos jungle dschungel park garden"
    " garten jardin giardino tuin clearing lichtung orchard",
    "mountain": "mountain berg montagne montana montagna hill hugel colline colina summit gipfel"
    " alps alpen valley tal vallee valle canyon rock fels glacier gletscher",
    "desert": "desert wuste desierto deserto dune dunes sand sahara mars",
    "city": "city stadt ville ciudad citta cidade rooftop dach toit azotea tetto skyline skyscraper"
    " hochhaus bridge brucke pont puente ponte balcony balkon metropolis",
    "street": "street strasse rue calle via rua straat alley gasse ruelle callejon vicolo square"
    " platz place_du plaza piazza market markt marche mercado mercato pavement sidewalk crossing"
    " parking courtyard hof bus_stop bahnsteig platform station bahnhof gare estacion stazione",
    "road": "road highway landstrasse autobahn route carretera strada estrada weg motorway chemin"
    " camino",
    "village": "village dorf pueblo villaggio aldeia dorp farm bauernhof ferme granja house haus"
    " maison casa cottage hutte cabin cemetery friedhof cimetiere graveyard town kleinstadt",
    "field": "field feld champ campo prado meadow wiese prairie steppe land countryside",
    "river": "river fluss fleuve riviere rio fiume lake see lac lago pond teich stream bach marsh"
    " moor swamp sumpf canal kanal",
    "space": "space weltraum espace espacio spazio orbit planet galaxy moon_surface",
}
# A boat may be of paper, in a street: it means the sea only where no place is named.
_CRAFT = {"sea": "boat boot bateau barco barca ship schiff"}
_TIMES = {
    "night": "night nacht nuit noche notte noite midnight mitternacht minuit medianoche nachts",
    "dawn": "dawn morning morgen matin aube manana mattina alba manha ochtend sunrise sonnenaufgang"
    " morgendammerung fruh amanecer",
    "dusk": "dusk evening abend soir tarde sera crepuscule sunset sonnenuntergang twilight"
    " dammerung atardecer tramonto avond magic_hour golden abenddammerung anochecer ocaso",
    "day": "day tag jour dia giorno dag afternoon nachmittag apres-midi noon mittag midi",
}
_WEATHERS = {
    "rain": "rain regen pluie lluvia pioggia chuva storm sturm gewitter orage tormenta tempest"
    " tempete tempesta thunder",
    "snow": "snow schnee neige nieve neve sneeuw winter hiver invierno inverno blizzard ice eis",
    "fog": "fog nebel brouillard niebla nebbia mist dunst haze brume overcast bedeckt cloudy"
    " bewolkt",
}
_INSIDE = re.compile(r"\b(int|interior|interieur|innen|inneres|interno|inside|indoors)\b")
_OUTSIDE = re.compile(r"\b(ext|exterior|exterieur|aussen|esterno|outside|outdoors|externo)\b")


@dataclass(frozen=True, slots=True)
class Place:
    """A place as it is drawn: `kind` (`sea`, `kitchen`, …), inside or not, time and weather."""

    kind: str
    inside: bool
    time: str
    weather: str
    lighthouse: bool = False


def fold(text: str) -> str:
    """Lower case without accents, words parted by single spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").lower())
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join(letters.split())


def read_place(words: str, *, setting: str = "", time: str = "", weather: str = "") -> Place:
    """The place that a text speaks of; `setting`, `time` and `weather` are asked first."""
    text = fold(words[:4000])
    inside = setting == "interior" or (
        setting != "exterior" and bool(_INSIDE.search(text)) and not _starts_outside(text)
    )
    outside = setting == "exterior" or (not inside and bool(_OUTSIDE.search(text)))
    within, without = _find(text, _INTERIORS), _find(text, _EXTERIORS)
    without = without or _find(text, _CRAFT)
    if not inside and not outside:
        inside = bool(within) and not without
    kind = (within or "room") if inside else (without or "field")
    return Place(
        kind=kind,
        inside=inside,
        time=_find(fold(time), _TIMES) or _find(text, _TIMES) or "day",
        weather=_find(fold(weather), _WEATHERS) or _find(text, _WEATHERS) or "clear",
        lighthouse=_find(text, _LIGHTHOUSE) != "",
    )


_LIGHTHOUSE = {"lighthouse": "lighthouse leuchtturm phare faro vuurtoren"}


def _starts_outside(text: str) -> bool:
    found, other = _OUTSIDE.search(text), _INSIDE.search(text)
    return bool(found and other and found.start() < other.start())


def _find(text: str, kinds: dict[str, str]) -> str:
    """The kind whose word comes first in the text, a whole word before a part of one."""
    best: tuple[int, int, str] | None = None
    for kind, pattern, loose in _patterns(tuple(kinds.items())):
        found = pattern.search(text)
        if found:
            rank = (0, found.start(), kind)
        else:
            found = loose.search(text) if loose else None
            if not found:
                continue
            rank = (1, found.start(), kind)
        if best is None or rank < best:
            best = rank
    return best[2] if best else ""


@lru_cache(maxsize=8)
def _patterns(
    kinds: tuple[tuple[str, str], ...],
) -> list[tuple[str, re.Pattern[str], re.Pattern[str] | None]]:
    found: list[tuple[str, re.Pattern[str], re.Pattern[str] | None]] = []
    for kind, words in kinds:
        names = [re.escape(word.replace("_", " ")) for word in words.split()]
        # Germanic compounds hide the word: "Leuchtturmtreppe", "Hafenkneipe".
        long = [name for name in names if len(name) >= 5]
        strict = re.compile(rf"\b(?:{'|'.join(names)})(?:s|es|n|en)?\b")
        found.append((kind, strict, re.compile("|".join(long)) if long else None))
    return found

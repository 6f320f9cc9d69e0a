"""Finding a time zone by where somebody lives."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rapidfuzz import fuzz, process

from chatbot.domain.cities import CITIES

_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_ALIKE = 75
"""Similarity, of 100, from which a name is offered as what was perhaps meant."""
_NEAREST = 6
_SHORTEST = 3  # letters of a beginning that says enough
_LONGEST = 60  # characters of a city that are looked at
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "ı": "i", "_": " ", "-": " ", ".": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedZone:
    """A name that people know, and the IANA name of its time zone."""

    name: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundZones:
    """What was meant: `exact` if it is called just so, else what comes close, best first."""

    exact: NamedZone | None
    near: tuple[NamedZone, ...]


def find_zones(typed: str) -> FoundZones:
    """The zone of a city, of a country that has one, or of an IANA name; accents and case do not matter."""
    names, wanted = _names(), _folded(typed[:_LONGEST])
    if wanted in names:
        return FoundZones(exact=names[wanted], near=())
    alike = [name for name, _, _ in process.extract(wanted, names.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)]
    begun = [name for name in names if name.startswith(wanted)] if len(wanted) >= _SHORTEST else []
    each_once: dict[str, NamedZone] = {}
    for name in (*alike, *begun):
        each_once.setdefault(names[name].zone, names[name])
    return FoundZones(exact=None, near=tuple(each_once.values())[:_NEAREST])


@cache
def _names() -> Mapping[str, NamedZone]:
    """Everything a zone answers to; our own names go before those of the time zone data."""
    found: dict[str, NamedZone] = {"utc": NamedZone(name="UTC", zone="UTC")}
    for name, zone in (*CITIES.items(), *_listed()):
        named = NamedZone(name=name, zone=zone)
        found.setdefault(_folded(name), named)
        found.setdefault(_folded(zone), named)
    return found


def _listed() -> Iterator[tuple[str, str]]:
    """City and zone, shorter names of zones first: the longer ones of the same city are about its past."""
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    for zone in sorted(listed, key=lambda zone: (zone.count("/"), zone)):
        region, _, city = zone.partition("/")
        if region in _REGIONS:
            yield city.rpartition("/")[2].replace("_", " "), zone


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())

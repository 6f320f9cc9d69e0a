import pytest

from chatbot.domain.cities import CITIES
from chatbot.domain.zones import is_zone
from chatbot.services.zones import find_zones


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("  são   PAULO ", "America/Sao_Paulo"),
        ("New York", "America/New_York"),
        ("new-york", "America/New_York"),
        ("Kyiv", "Europe/Kyiv"),
        ("Kiev", "Europe/Kyiv"),
        ("München", "Europe/Berlin"),
        ("lodz", "Europe/Warsaw"),
        ("Washington D.C.", "America/New_York"),
        ("Japan", "Asia/Tokyo"),
        ("america/argentina/salta", "America/Argentina/Salta"),
        ("utc", "UTC"),
    ],
)
def test_a_place_is_found_however_it_is_written(typed: str, zone: str) -> None:
    found = find_zones(typed).exact
    assert found is not None and found.zone == zone


@pytest.mark.parametrize(
    ("typed", "zone"), [("Sao Paolo", "America/Sao_Paulo"), ("Kolkatta", "Asia/Kolkata"), ("mosc", "Europe/Moscow")]
)
def test_what_comes_close_is_offered_and_not_taken(typed: str, zone: str) -> None:
    found = find_zones(typed)
    assert found.exact is None and found.near[0].zone == zone


@pytest.mark.parametrize("typed", ["", " ", "qqqqqq", "a", "\x00", "x" * 5_000])
def test_nonsense_is_nothing(typed: str) -> None:
    found = find_zones(typed)
    assert found.exact is None and found.near == ()


def test_every_zone_of_our_own_list_exists() -> None:
    assert [zone for zone in CITIES.values() if not is_zone(zone)] == []

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.kit.clocks import known_zones
from voronka.people.rules.abroad import CITIES_ABROAD, COUNTRIES, PHONE_CODES
from voronka.people.rules.regions import HOURS, REGIONS, ZONE_CITIES
from voronka.people.rules.registers import cities, mobile_regions
from voronka.people.rules.zones import choose_zone, zone_city, zone_of_phone, zone_of_place

NAUGHTY = json.loads((Path(__file__).parent / "data" / "blns.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("e164", "zone", "sure"),
    [
        ("+79131234567", "Asia/Novokuznetsk", True),
        ("+79212180560", "Europe/Moscow", True),
        ("+79240000000", "Asia/Vladivostok", True),
        ("+79991234567", "Asia/Yekaterinburg", True),
        ("+79161234567", "Europe/Moscow", True),  # Moscow and its region: one clock
        ("+79141000000", "Asia/Yakutsk", False),  # Yakutia has several
        ("+73912211234", "Asia/Krasnoyarsk", True),
        ("+73852123456", "Asia/Barnaul", True),  # the library says Krasnoyarsk
        ("+78452123456", "Europe/Saratov", True),  # the library says Moscow
        ("+74112123456", "Asia/Yakutsk", False),
        ("+74242123456", "Asia/Sakhalin", False),
        ("+74012123456", "Europe/Kaliningrad", True),  # the library says Bucharest
        ("+77011234567", "Asia/Almaty", True),
        ("+375291234567", "Europe/Minsk", True),
        ("+998901234567", "Asia/Tashkent", True),
        ("+493090182012", "Europe/Berlin", True),
        ("+34911234567", "Europe/Madrid", True),
        ("+16502530000", "America/Los_Angeles", False),
        ("+78005553535", "", False),
        ("+79999999999999999999999", "", False),
        ("89131234567", "", False),
        ("+7913123456٧", "", False),
    ],
)
def test_zones_of_numbers(e164, zone, sure):
    guess = zone_of_phone(e164)
    assert (guess.zone, guess.sure) == (zone, sure)


@pytest.mark.parametrize(
    ("national", "regions"),
    [
        (9_000_000_000, ("KDA",)),
        (9_000_061_999, ("KDA",)),
        (9_000_062_000, ("ROS",)),
        (9_000_062_999, ("ROS",)),
        (9_000_063_000, ("KDA",)),
        (9_000_100_000, ("TVE",)),
        (9_999_999_999, ("MOS", "MOW")),
        (9_072_000_000, ()),
    ],
)
def test_the_edges_of_ranges(national, regions):
    assert mobile_regions(national) == regions


@pytest.mark.parametrize(
    ("text", "zone", "sure"),
    [
        ("Красноярск", "Asia/Krasnoyarsk", True),
        ("г. Красноярск", "Asia/Krasnoyarsk", True),
        ("в Красноярске", "Asia/Krasnoyarsk", True),
        ("КРАСНОЯРСК Г", "Asia/Krasnoyarsk", True),
        ("Krasnoyarsk", "Asia/Krasnoyarsk", True),
        ("Краснаярск", "Asia/Krasnoyarsk", False),
        ("660049, Красноярский край, г. Красноярск, пр. Мира 10", "Asia/Krasnoyarsk", True),
        ("Красноярск ул. Кирова 1", "Asia/Krasnoyarsk", True),
        ("ул. Кирова 5, Омск", "Asia/Omsk", True),
        ("Спб", "Europe/Moscow", True),
        ("СПб, Невский пр., 1", "Europe/Moscow", True),
        ("Питер", "Europe/Moscow", True),
        ("екб", "Asia/Yekaterinburg", True),
        ("из Москвы", "Europe/Moscow", True),
        ("Moscow", "Europe/Moscow", True),
        ("Ростов на Дону", "Europe/Moscow", True),
        ("Йошкар ола", "Europe/Moscow", True),
        ("Саратов", "Europe/Saratov", True),
        ("Киров", "Europe/Kirov", True),
        ("Благовещенск", "Asia/Yakutsk", False),
        ("Амурская обл., г. Благовещенск", "Asia/Yakutsk", True),
        ("Респ Башкортостан, г Благовещенск", "Asia/Yekaterinburg", True),
        ("Верхоянск", "Asia/Vladivostok", True),
        ("Республика Саха (Якутия)", "Asia/Yakutsk", False),
        ("Алтайский край", "Asia/Barnaul", True),
        ("Республика Алтай", "Asia/Barnaul", True),
        ("Томская область", "Asia/Tomsk", True),
        ("дер. Гадюкино, Тверская обл.", "Europe/Moscow", True),
        ("ХМАО", "Asia/Yekaterinburg", True),
        ("Ямало-Ненецкий АО", "Asia/Yekaterinburg", True),
        ("Минск", "Europe/Minsk", True),
        ("Казахстан", "Asia/Almaty", True),
        ("США", "America/New_York", False),
        ("UTC+7", "Asia/Krasnoyarsk", False),
        ("МСК+4", "Asia/Krasnoyarsk", False),
        ("Asia/Omsk", "Asia/Omsk", True),
        ("Мухосранск", "", False),
        ("", "", False),
        ("12", "", False),
    ],
)
def test_zones_of_places(text, zone, sure):
    guess = zone_of_place(text)
    assert (guess.zone, guess.sure) == (zone, sure)


def test_every_city_is_found_and_only_namesakes_of_other_clocks_are_unsure():
    by_name: dict[str, list] = {}
    for city in cities():
        by_name.setdefault(city.name, []).append(city)
    assert len(cities()) > 1100
    for name, same in by_name.items():
        guess = zone_of_place(name)
        assert guess.zone == same[0].zone, name  # the largest
        assert guess.sure == (len({HOURS[city.zone] for city in same}) == 1), name
        for city in same:
            region = REGIONS[city.region].name
            assert zone_of_place(f"{region}, г. {name}").zone == city.zone, (region, name)


def test_every_zone_is_one_of_the_database_and_keeps_its_hours():
    winter, summer = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    for zone, hours in HOURS.items():
        for moment in (winter, summer):
            assert moment.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(hours=hours), zone
    named = {
        *CITIES_ABROAD.values(),
        *PHONE_CODES.values(),
        *(zone for zones in COUNTRIES.values() for zone in zones),
    }
    named |= {zone for region in REGIONS.values() for zone in (region.zone, *region.other_zones)}
    assert named | set(ZONE_CITIES) <= known_zones()
    assert {region.zone for region in REGIONS.values()} <= set(ZONE_CITIES)


def test_the_most_trusted_source_decides():
    known = {"address": "г. Омск", "phones": ["+79212180560"]}
    assert choose_zone(by_hand="Asia/Tokyo", browser="Europe/Paris", **known).zone == "Asia/Tokyo"
    assert choose_zone(by_hand="nonsense", browser="Europe/Paris", **known).source == "browser"
    assert choose_zone(**known).zone == "Asia/Omsk"
    assert choose_zone(phones=known["phones"]).source == "phone"
    assert choose_zone() == choose_zone(by_hand="../etc/passwd", address="?", phones=["x"])
    assert not choose_zone().zone


def test_an_address_of_two_clocks_is_settled_by_the_phone():
    guess = choose_zone(city="Благовещенск", phones=["+73472123456"])
    assert (guess.zone, guess.sure, guess.source) == ("Asia/Yekaterinburg", True, "address")
    guess = choose_zone(city="Благовещенск", phones=["+74952123456"])
    assert (guess.zone, guess.sure) == ("Asia/Yakutsk", False)


def test_names_of_zones_for_people():
    assert zone_city("Asia/Krasnoyarsk") == "Красноярск"
    assert zone_city("America/Argentina/Buenos_Aires") == "Buenos Aires"


@given(st.one_of(st.text(), st.sampled_from(NAUGHTY), st.from_regex(r"\+[0-9]{1,15}", fullmatch=True)))
def test_nothing_makes_guessing_fail(text):
    for guess in (zone_of_phone(text), zone_of_place(text), choose_zone(address=text, city=text, phones=[text])):
        assert not guess.zone or guess.zone in known_zones()
        assert guess.zone or not guess.sure
    zone_city(text)

"""Foreign names and what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.catalogue.rules.matching import Answer, Goods, Match, Matcher, Said, cut, learn, tell
from voronka.catalogue.rules.matching.letters import other_reading, own_alphabet, sound
from voronka.catalogue.rules.matching.sizes import find_sizes
from voronka.config.benches.match import judge
from voronka.config.benches.match_names import Line, catalogue, offers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("просепт", "prosept"),
        ("диона", "diona"),
        ("кристалл", "crystal"),
        ("макс", "max"),
        ("аквасол", "aquasol"),
        ("белая", "белый"),
        ("стёкол", "стекол"),
    ],
)
def test_words_that_sound_alike_are_one_word(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_letters_of_the_wrong_alphabet_are_put_right() -> None:
    assert own_alphabet("Cредство") == "Средство"
    assert own_alphabet("ОSB") == "OSB"
    assert own_alphabet("мыло") == "мыло"
    assert other_reading("есо") == "eco"
    assert other_reading("eco") == "есо"
    assert other_reading("мыло") is None


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("0,5 л", [("volume", 500)]),
        ("500мл", [("volume", 500)]),
        ("5 литров", [("volume", 5000)]),
        ("ф/п 600мл", [("volume", 600)]),
        ("1.3кг", [("mass", 1300)]),
        ("400г", [("mass", 400)]),
        ("10x20х30 см", [("sides", 100), ("sides", 200), ("sides", 300)]),
        ("2 штуки*0.8 л", [("count", 2), ("volume", 800)]),
        ("12х0,33л", [("count", 12), ("volume", 330)]),
        ("концентрат 1:10", [("ratio", 10)]),
        ("(уп. 2 шт)", [("count", 2)]),
        ("жирность 3,2%", [("share", 3.2)]),
        ("9 Вт", [("power", 9)]),
        ("RAL 9004", []),
        ("в 5 раз", []),
    ],
)
def test_sizes_are_read_in_every_writing(text: str, sizes: list[tuple[str, float]]) -> None:
    assert [(size.kind, size.value) for size in find_sizes(text)[0]] == sizes


def test_words_run_together_are_parted_at_the_seam() -> None:
    assert [word.text for word in cut("составCooky для мытьяULTRAконцентрат").words] == [
        "состав", "cooky", "мытья", "ultra", "концентрат",
    ]  # fmt: skip
    assert [word.text for word in cut("Acid+, 1 л").words] == ["acid", "plus"]


def test_a_code_is_no_size_and_no_number() -> None:
    name = cut("Удалитель ржавчины 0,5л 023-05")
    assert name.codes == ["02305"]
    assert name.numbers == []
    assert [(size.kind, size.value) for size in name.sizes] == [("volume", 500)]


SHELF = [
    Goods("1", "Шампунь Kerona Silk с ромашкой, 200 мл", ("KS-200",)),
    Goods("2", "Шампунь Kerona Silk с ромашкой, 1 л", ("KS-1000",)),
    Goods("3", "Шампунь Kerona Silk с лавандой, 200 мл", ("KL-200",)),
    Goods("4", "Крем для рук Dolvita ночной, 75 мл", ("DN-75",)),
    Goods("5", "Шампунь Kerona Silk с ромашкой, 200 мл, 12 шт", ("KS-200-12",)),
    Goods("6", "Зубная паста Fintek Active отбеливающая, 100 мл", ()),
]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Керона Силк шампунь ромашка 0,2л", "1"),
        ("ШАМПУНЬ KERONA SILK РОМАШКА 1000 мл", "2"),
        ("Silk Kerona лаванда шамп. 200мл", "3"),
        ("крем д/рук ДОЛВИТА ночн. 75мл", "4"),
        ("Шампунь Kerona Silk ромашка 12х200 мл", "5"),
        ("Зубнаяпаста FINTEKактив отбеливающая 100мл", "6"),
    ],
)
def test_the_right_goods_come_first(name: str, key: str) -> None:
    assert Matcher(SHELF).match([name])[0].candidates[0].key == key


def test_a_code_in_the_name_tells_even_when_the_words_do_not() -> None:
    match = Matcher(SHELF).match(["Косметика в ассортименте KS-1000"])[0]
    assert (match.candidates[0].key, match.by_code) == ("2", True)


def test_what_is_not_ours_is_never_bound_by_itself() -> None:
    matches = Matcher(SHELF).match(["Болт М8 оцинкованный", "", "Шампунь", "Шампунь Kerona Silk с ромашкой"])
    assert not any(match.is_sure for match in matches)


def test_goods_of_another_size_are_not_bound() -> None:
    match = Matcher([Goods("2", "Шампунь Kerona Silk с ромашкой, 1 л")]).match(
        ["Шампунь Kerona Silk с ромашкой, 200 мл"]
    )
    assert not match[0].is_sure


def test_an_empty_catalogue_and_empty_names_answer_with_nothing() -> None:
    assert Matcher([]).match(["мыло"]) == [Match((), 0.0)]
    assert Matcher(SHELF).match([]) == []


@given(st.lists(st.text(max_size=60), max_size=4), st.lists(st.text(max_size=60), max_size=4))
def test_no_text_breaks_it(ours: list[str], theirs: list[str]) -> None:
    goods = [Goods(str(number), name) for number, name in enumerate(ours)]
    for match in Matcher(goods).match(theirs):
        assert 0 <= match.certainty <= 1
    for one in theirs:
        for other in ours:
            told = tell(one, other)
            assert "".join(piece.text for piece in told.ours) == cut(other).text
            assert "".join(piece.text for piece in told.theirs) == cut(one).text


def test_a_confirmed_name_is_known_ever_after_and_its_words_teach() -> None:
    answers = [Answer("Моющее для волос РШ, 200 мл", "1"), Answer("ничего такого", "нет")]
    taught = learn(answers, {one.key: cut(one.name) for one in SHELF})
    match = Matcher(SHELF, taught).match(["моющее для волос рш 200мл"])[0]
    assert match.candidates[0].key == "1"
    assert match.is_sure
    sibling = Matcher(SHELF, taught).match(["моющее для волос рш 1 л"])[0]
    assert sibling.candidates[0].key == "2"


def test_words_that_never_mean_anything_lose_their_weight() -> None:
    goods = catalogue(400)
    named = [Answer(f"{one.name} новая коллекция суперцена", one.sku) for one in goods[:20]]
    taught = learn(named, {one.sku: cut(one.name) for one in goods})
    assert taught.trust[sound("суперцена")] < 0.1
    assert taught.trust.get(sound(goods[0].name.split()[0].lower()), 1.0) == 1.0


def test_held_out_names_of_other_trades_meet_the_targets_and_shuffled_answers_do_not() -> None:
    ours = catalogue(1_500, seed=11)
    theirs = offers(ours, 400, seed=12)
    matches = Matcher([Goods(one.sku, one.name) for one in ours]).match([one.name for one in theirs])
    judged = judge(ours, theirs, matches)
    assert judged.top1 >= 0.95
    assert judged.top5 >= 0.98
    assert judged.precision >= 0.98
    assert judged.recall >= 0.6
    assert judge(ours, theirs, matches[1:] + matches[:1]).top1 < 0.1


def test_strange_goods_are_asked_about() -> None:
    ours = catalogue(1_000, seed=21)
    strange = [Line(one.name, "") for one in catalogue(300, seed=99) if one.name not in {mine.name for mine in ours}]
    matches = Matcher([Goods(one.sku, one.name) for one in ours]).match([one.name for one in strange])
    assert sum(match.is_sure for match in matches) <= 0.025 * len(strange)


def test_differences_are_marked_and_sizes_set_against_each_other() -> None:
    told = tell("Шампунь KERONA Silk лаванда 0,2 л", "Шампунь Kerona Silk с ромашкой, 1 л")
    assert [piece.text for piece in told.ours if piece.said is Said.DIFFERENT] == ["ромашкой", "1 л"]
    assert told.against == (("0,2 л", "1 л"),)
    assert tell("Крем 75мл", "Крем, 0,075 л").agreed == ("0,075 л",)

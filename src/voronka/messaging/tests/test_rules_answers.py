"""Questions as people ask them, and the articles that answer."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.config.benches import bot
from voronka.config.benches.bot_sample import Asked, read_sample
from voronka.messaging.rules.answers import NEAREST, Matcher, Topic, masked
from voronka.messaging.rules.answers.words import cut, retyped, stem

TO_LATIN = {
    ord(russian): latin for latin, russian in ((key, retyped(key)) for key in "`qwertyuiop[]asdfghjkl;'zxcvbnm,.")
}


@cache
def sample() -> tuple[list[Topic], list[Asked]]:
    return read_sample()


@cache
def matcher() -> Matcher:
    return Matcher(sample()[0])


def test_the_sample_is_as_large_as_promised_and_its_halves_share_no_article() -> None:
    topics, asked = sample()
    known = [one for one in asked if one.key]
    assert len(topics) >= 100
    assert len(known) >= 200
    assert len(asked) - len(known) >= 100
    assert {one.key for one in known} == {topic.key for topic in topics}
    halves = {half: {one.key for one in known if one.half == half} for half in ("tuning", "blind")}
    assert len(halves["blind"]) == len(halves["tuning"]) == len(topics) // 2
    assert not halves["blind"] & halves["tuning"]
    assert len({one.query for one in asked}) == len(asked)


def test_the_blind_half_meets_the_targets_and_a_search_for_every_word_does_not() -> None:
    topics, asked = sample()
    blind = [one for one in asked if one.half == "blind"]
    judged = bot.judge(blind, matcher().reply)
    assert judged.top1 >= 0.8
    assert judged.unsure >= 0.9
    assert judged.answered >= 0.6
    assert judged.wrong <= 0.05
    assert bot.judge(blind, bot.every_word(topics)).top1 < 0.2


@pytest.mark.parametrize("half", ["tuning", "blind"])
def test_every_way_to_ask_that_an_article_has_finds_it_for_sure(half: str) -> None:
    keys = {one.key for one in sample()[1] if one.half == half}
    asked = [Asked(text, topic.key) for topic in sample()[0] if topic.key in keys for text in topic.questions]
    judged = bot.judge(asked, matcher().reply)
    assert judged.top1 >= 0.99
    assert judged.answered >= 0.97


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("доставка", "доставки"),
        ("бесплатно", "бесплатная"),
        ("звонок", "звонка"),
        ("привезёте", "привезут"),
        ("выкинул", "выкинули"),
        ("ёлка", "елки"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_words_that_say_nothing_are_left_out_unless_there_are_no_others() -> None:
    assert cut("Здравствуйте, подскажите, пожалуйста, а как у вас с доставкой?", ()) == ["доставк"]
    assert cut("а как это?", ()) == ["а", "как", "эт"]
    assert cut("?! ... 😀", ()) == []


@given(st.text(max_size=700))
def test_any_text_gets_an_answer_of_the_promised_form(text: str) -> None:
    reply = matcher().reply(text)
    assert len(reply.nearest) <= NEAREST
    scores = [near.score for near in reply.nearest]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({near.key for near in reply.nearest}) == len(reply.nearest)
    assert reply == matcher().reply(text)


@given(st.sampled_from(sample()[1]), st.randoms(use_true_random=False))
def test_case_yo_and_punctuation_change_nothing(one: Asked, draw) -> None:
    turned = "".join(sign.upper() if draw.random() < 0.5 else sign for sign in one.query)
    assert matcher().reply(f"  {turned.replace('ё', 'е').replace('Ё', 'Е')} ?!") == matcher().reply(one.query)


@given(
    st.sampled_from(
        [topic for topic in sample()[0] if not any("a" <= sign <= "z" for sign in topic.questions[0].lower())]
    )
)
def test_a_forgotten_keyboard_layout_is_put_right(topic: Topic) -> None:
    words = "".join(sign for sign in topic.questions[0].lower() if sign.isalnum() or sign == " ")
    best = matcher().reply(words.translate(TO_LATIN)).best
    assert best == matcher().reply(words).best


def test_a_slip_of_the_finger_in_the_longest_word_rarely_leads_away() -> None:
    held = []
    for topic in sample()[0]:
        words = topic.questions[0].lower().split()
        longest = max(words, key=len)
        at = len(longest) // 2
        slipped = longest[: at - 1] + longest[at] + longest[at - 1] + longest[at + 1 :]
        best = matcher().reply(" ".join(slipped if word == longest else word for word in words)).best
        held.append(best is not None and best.key == topic.key)
    assert sum(held) / len(held) >= 0.95


@given(st.text("bcdfghjklmnpqrstvwxz", min_size=4, max_size=40))
def test_noise_is_never_answered_for_sure(text: str) -> None:
    assert not matcher().reply(text).is_sure


def test_words_of_the_company_stand_for_one_another() -> None:
    topics = [*sample()[0], Topic("mavik", ["Есть ли у вас квадрокоптеры?"], "Да, на третьем этаже.")]
    asked = "почём мавик и мавики у вас есть"
    assert Matcher(topics).reply(asked).nearest[0].key != "mavik"
    best = Matcher(topics, [["квадрокоптер", "мавик"]]).reply(asked).best
    assert best is not None
    assert best.key == "mavik"


def test_an_empty_base_and_articles_without_words_answer_nothing() -> None:
    assert Matcher([]).reply("доставка").nearest == ()
    assert Matcher([Topic("odd", ["???"], "!")]).reply("доставка").nearest == ()
    alone = Matcher([Topic("only", ["Сколько стоит доставка?"])])
    assert alone.reply("сколько стоит доставка").is_sure
    assert not alone.reply("какая завтра погода").is_sure


def test_one_matcher_serves_many_threads() -> None:
    asked = [one.query for one in sample()[1]][:100]
    fresh = Matcher(sample()[0])
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fresh.reply, asked)) == [matcher().reply(text) for text in asked]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("пишите на a.b@c.ru, жду", "пишите на … жду"),
        ("(@ivanov) или x@y", "… или …"),
        ("@ivanov_77", "…"),
        ("см.https://e.ru/a?b=1 там", "см.… там"),
        ("@ и a@ без адреса", "@ и a@ без адреса"),
        ("мой номер 8 (913) 123-45-67", "мой номер …"),
    ],
)
def test_addresses_and_long_numbers_are_blanked(said, kept):
    assert masked(said) == kept


def test_one_long_word_is_blanked_as_quickly_as_many_short_ones():
    began = process_time()
    assert masked("x" * 300_000) == "x" * 300_000  # two minutes, were an address looked for at each letter
    assert process_time() - began < 5

"""Which questions are asked, which answers are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voronka.care.rules import questions as rules
from voronka.care.rules.letters import as_html
from voronka.care.rules.questions import Question

texts = st.text(min_size=1, max_size=20)
made = st.builds(
    Question,
    key=st.text("abc", min_size=3, max_size=6),
    text=texts,
    kind=st.sampled_from(rules.KINDS),
    when=st.sampled_from(rules.WHENS),
    options=st.lists(texts, min_size=2, max_size=5, unique=True).map(tuple),
)
many = st.lists(made, max_size=8, unique_by=lambda one: one.key)


@given(many, st.integers(1, 5), st.integers(1, 4))
def test_only_questions_that_fit_are_asked_in_their_order_and_every_one_is_asked_by_some_rating(asked, rating, line):
    found = rules.fitting(asked, rating, line)
    turn = "bad" if rating <= line else "good"
    assert found == [one for one in asked if one.when in ("always", turn)]
    both = rules.fitting(asked, 1, line) + rules.fitting(asked, 5, line)
    assert {one.key for one in both} == {one.key for one in asked}
    assert rules.read(rules.kept(asked)) == asked


@given(made, st.lists(st.text(max_size=8) | st.integers(-3, 9).map(str), max_size=6))
def test_an_answer_is_always_one_of_the_offered_or_plain_text(question, given_values):
    answer = rules.clean(question, given_values)
    if question.kind == "text":
        assert answer is None or (isinstance(answer, str) and 0 < len(answer) <= rules.LONGEST_ANSWER)
    elif question.kind == "one":
        assert answer is None or answer in question.options
    else:
        assert answer is None or set(answer) <= set(question.options)


@given(many, st.integers(1, 5), st.integers(1, 5), st.integers(1, 4))
def test_answers_that_fit_no_more_are_left_out_when_the_rating_changes(asked, first, second, line):
    said = {one.key: "x" for one in rules.fitting(asked, first, line)}
    left = rules.still(said, rules.fitting(asked, second, line))
    assert set(left) <= set(said)
    assert set(left) <= {one.key for one in rules.fitting(asked, second, line)}


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img src=x onerror=1>', "</style><b>"])
def test_nobodys_words_are_markup_in_a_letter(words):
    page = as_html(words, f"{words}\n\n{words}", words, [(5, words, f"https://x/?{words}")], "ru")
    assert words not in page

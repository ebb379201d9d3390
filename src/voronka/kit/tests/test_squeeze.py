"""What is taken out of templates when they are compiled, and what has to stay."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

import voronka
from voronka.kit.squeeze import squeeze

CASES = {
    "attributes": (
        '<a\n    class="x {% if a %}y{% endif %}"\n    href="{% url "z" %}"\n>t</a>',
        '<a class="x {% if a %}y{% endif %}" href="{% url "z" %}">t</a>',
    ),
    "a cell without words": ("<td>\n    {% if a %}b{% endif %}\n</td>", "<td>{% if a %}b{% endif %}</td>"),
    "words": ("<b>a</b>\n    <i>b</i>\n  c", "<b>a</b>\n<i>b</i>\nc"),
    "boxes": (
        "<ul>\n  {% for a in b %}\n    <li>\n a\n </li>\n  {% endfor %}\n</ul>",
        "<ul>{% for a in b %}<li>a</li>{% endfor %}</ul>",
    ),
    "a box in a line": ("a\n<button>\n  b\n</button>\n<i>", "a\n<button>b</button>\n<i>"),
    "a void element": ('<input\n    name="a"\n    {{ attrs }}\n/>', '<input name="a" {{ attrs }} />'),
    "a sign inside a value": ('<p title="a > b"\n   class="c">\n d', '<p title="a > b" class="c">d'),
    "an apostrophe in words": ("<p>it's\n  so</p>", "<p>it's\nso</p>"),
    "kept elements": ("<pre>\n  a\n</pre>\n<p>", "<pre>\n  a\n</pre><p>"),
    "texts for translation": (
        "{% blocktranslate %}a\n  b{% endblocktranslate %}\n  c",
        "{% blocktranslate %}a\n  b{% endblocktranslate %}\nc",
    ),
    "a trailing break": ("<b>a</b>\n", "<b>a</b>\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_goes_and_what_stays(case: str) -> None:
    laid_out, sent = CASES[case]
    assert squeeze(laid_out) == sent
    assert squeeze(sent) == sent


def test_every_template_compiles_and_keeps_its_words_and_tags() -> None:
    root = Path(voronka.__file__).parent
    seen = 0
    for path in root.glob("*/templates/**/*.html"):
        source = path.read_text("utf-8")
        assert re.sub(r"\s+", "", squeeze(source)) == re.sub(r"\s+", "", source)
        get_template(path.relative_to(next(one for one in path.parents if one.name == "templates")).as_posix())
        seen += 1
    assert seen > 400

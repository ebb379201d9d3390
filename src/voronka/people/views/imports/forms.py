"""What the forms of an import hand in."""

from collections.abc import Mapping

from django.http import QueryDict

from voronka.people.rules.import_plan import WAYS


def read_mapping(posted: QueryDict, width: int) -> list[dict[str, object]]:
    """Return the columns as chosen: `column_N`, and for new fields `name_N` and `kind_N`."""
    return [
        {
            "target": posted.get(f"column_{index}", "")[:60],
            "name": posted.get(f"name_{index}", "")[:200],
            "kind": posted.get(f"kind_{index}", "text")[:20],
        }
        for index in range(width)
    ]


def read_options(posted: QueryDict, known: Mapping[str, object]) -> dict[str, object]:
    """Return the choices of a form over those known: forms of single steps carry some of them only."""
    names = ("duplicates", "source", "consent_source", *WAYS)
    options = {**known, **{name: posted[name][:300] for name in names if name in posted}}
    if "consents_asked" in posted:
        options["consents"] = posted.getlist("consents")
    return options

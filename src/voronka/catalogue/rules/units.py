"""Units of the all-Russian classifier OKEI that goods are counted in: code, sign, whether it is divided."""

UNITS: dict[str, tuple[str, bool]] = {
    "796": ("шт", False),
    "839": ("компл", False),
    "715": ("пар", False),
    "778": ("упак", False),
    "812": ("ящ", False),
    "736": ("рул", False),
    "166": ("кг", True),
    "163": ("г", True),
    "168": ("т", True),
    "112": ("л", True),
    "111": ("мл", True),
    "006": ("м", True),
    "018": ("пог. м", True),
    "055": ("м²", True),
    "113": ("м³", True),
    "356": ("ч", True),
    "359": ("сут", True),
    "362": ("мес", True),
    "642": ("ед", False),
    "876": ("усл. ед", False),
}
# Groups of goods that carry a mark of Chestny Znak, by their code in its API.
MARKING = (
    "clothes", "shoes", "lp", "tires", "perfumery", "electronics", "tobacco", "milk", "water", "beer", "bio",
    "antiseptic", "wheelchairs", "bicycle", "furs", "petfood", "caviar", "softdrinks", "vetpharma", "construction",
    "furniture",
)  # fmt: skip


def sign_of(code: str) -> str:
    """Return the short sign of a unit, its code where it is unknown."""
    return UNITS.get(code, (code, True))[0]

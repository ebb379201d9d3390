"""Static files with hashed names, packed beforehand; imports between our own script modules are rewritten too."""

from pathlib import Path

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Parts with scripts of their own: src/voronka/PART/static/PART/js.
_PARTS = sorted(
    folder.parent.name
    for folder in Path(__file__).parents[1].glob("*/static/*/js")
    if folder.parents[2].name == folder.parent.name
)


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Names hold the content, so a browser may keep every file for ever.

    Django rewrites imports of all scripts or of none; other packages' scripts name modules that only their own
    bundlers know, so it is done for the folders of our own parts.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *(
            (f"{part}/js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1])
            for part in _PARTS
        ),
    )

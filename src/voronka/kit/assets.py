"""Static files with hashed names, packed beforehand; imports between our own script modules are rewritten too."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Names hold the content, so a browser may keep every file for ever.

    Django rewrites imports of all scripts or of none; other packages' scripts name modules that only their own
    bundlers know, so it is done for the folders of those of our parts that import the kit's modules.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        *(
            (f"{part}/js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1])
            for part in ("kit", "work")
        ),
    )

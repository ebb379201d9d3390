"""Settings of the tests: the same product, with quicker password hashes and its own folders."""

import gc
import os
import tempfile

os.environ.setdefault("VORONKA_SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests")
os.environ.setdefault("VORONKA_HOME", tempfile.mkdtemp(prefix="voronka-tests-"))

# Reading two thousand modules, and most tests, make hundreds of thousands of objects that are no garbage: looked
# through at each seven hundred, as Python does by itself, they take a twentieth of the processor's time.
gc.set_threshold(50_000, 20, 50)

from voronka.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
LANGUAGE_CODE = "en"  # texts are asserted as they stand in the code; Russian where a test asks for it

"""Settings of the tests: the same product, with quicker password hashes and its own folders."""

import os
import tempfile

os.environ.setdefault("VORONKA_SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests")
os.environ.setdefault("VORONKA_HOME", tempfile.mkdtemp(prefix="voronka-tests-"))

from voronka.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_AUTOREFRESH = True
LANGUAGE_CODE = "en"  # texts are asserted as they stand in the code; Russian where a test asks for it

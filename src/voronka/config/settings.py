"""Settings of Voronka: one file, every value read and checked at start (see docs/install.md)."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from voronka.config import env
from voronka.config.secrets import secret_key
from voronka.kit import logs

BASE = Path(__file__).resolve().parent.parent

DEBUG = env.read("VORONKA_DEBUG", env.flag, default=False)
HOME = env.read("VORONKA_HOME", env.folder, default=Path.cwd() / ".voronka")
PORT = env.read("PORT", env.port, default=8000)
SECRET_KEY = secret_key(HOME)
SALT_KEY = SECRET_KEY
ALLOWED_HOSTS = env.read("VORONKA_ALLOWED_HOSTS", env.words, default=["localhost", "127.0.0.1", "[::1]"])
BEHIND_HTTPS = env.read("VORONKA_HTTPS", env.flag, default=False)
TRUSTED_PROXIES = env.read("VORONKA_TRUSTED_PROXIES", env.count, default=0)
WIRE_URL = env.read("VORONKA_WIRE_URL", env.text, default="")
WIRE_PORT = env.read("VORONKA_WIRE_PORT", env.port, default=PORT + 1)
IS_DEMO = env.read("VORONKA_DEMO", env.flag, default=False)
ALLOW_PRIVATE_WEBHOOKS: list[str] = env.read("VORONKA_ALLOW_PRIVATE_WEBHOOKS", env.networks, default=[])
API_PER_MINUTE = env.read("VORONKA_API_PER_MINUTE", env.count, default=600)

# --- Applications ----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "procrastinate.contrib.django",
    "voronka.kit",
    "voronka.accounts",
    "voronka.trials",
    "voronka.flows",
    "voronka.people",
    "voronka.work",
    "voronka.messaging",
    "voronka.catalogue",
    "voronka.stock",
    "voronka.loyalty",
    "voronka.orders",
    "voronka.billing",
    "voronka.care",
    "voronka.deals",
    "voronka.audience",
    "voronka.site",
    "voronka.connect",  # the last of the parts: it tells others of the events of all
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "voronka.kit.middleware.RequestLogMiddleware",
    "voronka.kit.middleware.CompressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "voronka.accounts.middleware.ActivityMiddleware",
    "voronka.accounts.middleware.PlaceMiddleware",
    "voronka.kit.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "voronka.kit.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "voronka.config.urls"
WSGI_APPLICATION = "voronka.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "voronka.kit.screens.context",
            ],
            "builtins": ["django_cotton.templatetags.cotton", "voronka.kit.templatetags.kit"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "voronka.kit.squeeze.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# --- Database ----------------------------------------------------------------------------------------------
# The application connects as a role that owns nothing; `owner` is for migrations and backups only.


def _database(variable: str) -> dict[str, object]:
    absent: dict[str, str] = {}
    found = env.read(variable, env.postgres_url, default=absent)
    return {
        "ENGINE": "voronka.kit.db",
        "NAME": "voronka",
        **found,
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "application_name": "voronka"},
        "TEST": {"MIRROR": None},
    }


DATABASES = {
    "default": _database("VORONKA_DB_APP_URL"),
    "owner": {**_database("VORONKA_DB_OWNER_URL"), "ATOMIC_REQUESTS": False},  # no request touches it
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- People ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email"]},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "voronka.accounts.adapters.AccountAdapter"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {"login": "voronka.accounts.forms.SignInForm"}
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "login": "60/m/ip",
    "reset_password": "20/m/ip,5/m/key",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "voronka.accounts.forms.PasskeyForm",
    "edit_webauthn": "voronka.accounts.forms.PasskeyNameForm",
    "login_webauthn": "voronka.accounts.forms.PasskeyLoginForm",
    "authenticate_webauthn": "voronka.accounts.forms.PasskeyFactorForm",
    "reauthenticate_webauthn": "voronka.accounts.forms.PasskeyAgainForm",
}
MFA_TOTP_ISSUER = "Voronka"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_ADAPTER = "voronka.accounts.adapters.MFAAdapter"
USERSESSIONS_TRACK_ACTIVITY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "voronka.kit.screens.csrf_failure"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kit_cache",
        # Beyond so many a third is thrown away: three hundred visitors would free a guesser of passwords.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# --- Safety ------------------------------------------------------------------------------------------------

NINJA_NUM_PROXIES = TRUSTED_PROXIES  # never the raw X-Forwarded-For
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS and TRUSTED_PROXIES else None
CSRF_TRUSTED_ORIGINS = [
    f"https://{host}" for host in ALLOWED_HOSTS if BEHIND_HTTPS and not host.startswith(("*", "."))
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [
            SELF,
            *([WIRE_URL] if WIRE_URL else [f"http://localhost:{WIRE_PORT}", f"http://127.0.0.1:{WIRE_PORT}"]),
        ],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# --- Words -------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [
    *(BASE / app.removeprefix("voronka.") / "locale" for app in INSTALLED_APPS if app.startswith("voronka.")),
    BASE / "config" / "locale",
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files, mail, jobs -----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.read("VORONKA_STATIC", env.folder, default=BASE.parent.parent / "static-built")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "voronka.kit.assets.AssetStorage"},
}
WHITENOISE_MAX_AGE = 3600

MAIL_URL = env.read("VORONKA_MAIL_URL", env.text, default="")
MAIL_FROM = env.read("VORONKA_MAIL_FROM", env.text, default="voronka@localhost")
# Letters that cannot be delivered come back to MAIL_RETURN, each to an address of its own: name+SIGN@domain.
MAIL_RETURN = env.read("VORONKA_MAIL_RETURN", env.text, default="")
# imaps://login:password@host:port/FOLDER, in which those letters are read.
MAIL_RETURN_BOX = env.read("VORONKA_MAIL_RETURN_BOX", env.imap, default="")
DKIM_KEY = env.read("VORONKA_DKIM_KEY", env.private_key, default=b"")
DKIM_SELECTOR = env.read("VORONKA_DKIM_SELECTOR", env.text, default="voronka")
# Where clients see the pages: the links in letters, which no request is there for.
SITE = env.read(
    "VORONKA_SITE",
    env.site,
    default=f"https://{ALLOWED_HOSTS[0].lstrip('*.')}" if BEHIND_HTTPS else f"http://localhost:{PORT}",
)
MAILBOX = HOME / "mailbox"
# The server of Telegram's Bot API: theirs, or one of your own beside it.
TELEGRAM_API = env.read("VORONKA_TELEGRAM_API", env.text, default="https://api.telegram.org")
DEFAULT_FROM_EMAIL = MAIL_FROM
# Letters about signing in go by the same server; the local mailbox takes letters that reach nobody.
_mail = urlsplit(MAIL_URL)
MAIL_REACHES_PEOPLE = bool(MAIL_URL) and (_mail.hostname, _mail.port) != ("127.0.0.1", PORT + 2)
EMAIL_BACKEND = "voronka.kit.mail.EmailBackend"
EMAIL_USE_SSL = _mail.scheme == "smtps"
# On this machine nobody listens between; anywhere else a letter does not go in the clear unless told to.
MAIL_TLS = env.read("VORONKA_MAIL_TLS", env.flag, default=not env.is_loopback(_mail.hostname or "localhost"))
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or (465 if EMAIL_USE_SSL else 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_TIMEOUT = 20

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOGGING_CONFIG = None
logs.configure(debug=DEBUG)

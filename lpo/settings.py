"""One settings file; whatever differs between machines comes from the environment.

Without any variable set this runs on SQLite with an in-process queue, which is what
``make run`` and ``make test`` use. Production sets SECRET_KEY, DATABASE_URL, REDIS_URL and ALLOWED_HOSTS.
"""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from lpo import logs

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, *, default: bool = False) -> bool:
    """Read a yes/no variable; anything but 1/true/yes/on counts as no."""
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def names(name: str, default: str) -> list[str]:
    """Read a comma-separated variable."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


# Everything this installation writes lives here: database, files, collected assets, local secret.
VAR_DIR = Path(os.environ.get("LPO_VAR", BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def local_secret() -> str:
    """Give a key that stays the same between starts on a machine where nobody set SECRET_KEY."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii")


DEBUG = flag("DEBUG")
# The page with every component, for the people who carry on (CONTRIBUTING.md).
COMPONENTS_PAGE = flag("LPO_COMPONENTS", default=DEBUG)
SECRET_KEY = os.environ.get("SECRET_KEY") or local_secret()
# Former keys: sessions and the secrets of second factors made with them still open. Newest first.
SECRET_KEY_FALLBACKS = names("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = names("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = names("CSRF_TRUSTED_ORIGINS", "")

# Accounts of the sample organisations share a published password. They can sign in only where this is set
# AND the server listens on a loopback address (accounts/backends.py).
SAMPLE_SIGNINS = flag("LPO_SAMPLE_SIGNINS")

INSTALLED_APPS = [
    "lpo",
    "accounts",
    "assessments",
    "providers",
    "selections",
    "reports",
    "charting",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "js_lib_bootstrap5",
    "js_lib_tabulator",
]

MIDDLEWARE = [
    "lpo.request_log.request_log",
    # Headers stand outside everything, so that assets, redirects and errors carry them too.
    "lpo.headers.fixed_headers",
    "lpo.headers.headers_alone",
    "lpo.health.health",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lpo.headers.never_stored",
    "lpo.headers.bounded_body",
    "lpo.middleware.possible_session",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lpo.middleware.storable_text",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "lpo.limits.CostlyPages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.signin.second_factor.RequireSecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "lpo.errors.wrong_method",
]

ROOT_URLCONF = "lpo.urls"
WSGI_APPLICATION = "lpo.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lpo.rail.frame",
            ],
            "builtins": ["lpo.templatetags.show"],
        },
    }
]

SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=2000;",
}
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# The role that owns the tables; read by `manage.py release` alone, and set for that step alone.
OWNER_DATABASE_URL = os.environ.get("OWNER_DATABASE_URL", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Who signs in --------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.signin.passwords.MaximumLength"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24  # the link of `manage.py reset_password`
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
# Wrong passwords: for one account from one address, and for one account from everywhere. The second is more
# than one address can reach, so a single stranger never keeps the owner out. Codes come after the password.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_account": "100/h/key",
    "second_factor_failed": "50/d/key",
    "join": "30/m/ip",  # invitation links opened
    "join_post": "15/m/ip",  # accounts tried to make with them
}
# Second factor: codes of an authenticator app, and recovery codes. REQUIRE_MFA=1 asks everybody for one.
REQUIRE_MFA = flag("REQUIRE_MFA")
MFA_ADAPTER = "accounts.signin.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.signin.forms.SignInCodeForm",
    "reauthenticate": "accounts.signin.forms.ProveCodeForm",
}
MFA_TOTP_ISSUER = "LPO Advisor"
MFA_TOTP_TOLERANCE = 1  # clocks of phones are off by seconds; each code still counts once
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people are invited by e-mail; there is nothing to verify
# The company's own sign-in (OpenID Connect); without OIDC_ISSUER there is none.
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "").strip()
OIDC_CLIENT_ID = os.environ.get("OIDC_CLIENT_ID", "").strip()
OIDC_CLIENT_SECRET = os.environ.get("OIDC_CLIENT_SECRET", "").strip()
OIDC_NAME = os.environ.get("OIDC_NAME", "").strip() or "your company"
SOCIALACCOUNT_ADAPTER = "accounts.signin.oidc_door.OidcDoor"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# The cache only counts sign-in attempts. It lives in the database, so that several processes count together
# and signing in needs no other service (table: accounts/migrations).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "lpo_attempts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Requests for costly pages, counted in each process (lpo/limits.py).
    "near": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "near",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Counts over all tasks of an assessment, until one of them changes (assessments/kept.py).
    "counts": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "counts",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}
REQUEST_LIMITS = flag("REQUEST_LIMITS", default=True)  # off only to measure pages
# Failed sign-ins are counted by address. Behind proxies that add X-Forwarded-For, say how many there are:
# otherwise everybody shares the address of the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "0"))
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 12

# HTTPS is terminated in front of us in production; `make run` is plain HTTP on loopback.
HTTPS = flag("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
if HTTPS:  # a browser takes these names only from this very host, over HTTPS: no neighbour can plant them
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
CSRF_COOKIE_HTTPONLY = True  # scripts read the token from the page
CSRF_FAILURE_VIEW = "lpo.errors.token_missing"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# A promise for the whole domain, and one that browsers ship: only whoever owns the domain can make it.
HSTS_PRELOAD = flag("HSTS_PRELOAD")
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS and HSTS_PRELOAD
# check --deploy asks for both promises; leaving them out is a choice (docs/deploy.md).
SILENCED_SYSTEM_CHECKS = [] if HSTS_PRELOAD else ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Pages ---------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("LPO_STATIC") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
VENDOR_CACHE = VAR_DIR / "vendor"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "charting.finders.PlotlyFinder",
]
HASHED_ASSETS = flag("LPO_HASHED_ASSETS", default=not DEBUG)
FILES_DIR = VAR_DIR / "files"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_DIR, "base_url": None, "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_ASSETS
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Years that a new assessment is kept at least; docs/data.md says where 7 comes from.
RETENTION_YEARS = int(os.environ.get("RETENTION_YEARS", "7"))
if not 1 <= RETENTION_YEARS <= 100:
    raise ImproperlyConfigured("RETENTION_YEARS is a whole number of years from 1 to 100.")
# Below this much free space an installation is not ready (lpo/health.py).
MIN_FREE_MB = int(os.environ.get("MIN_FREE_MB", "200"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Queue ---------------------------------------------------------------------
REDIS_URL = os.environ.get("REDIS_URL", "")
CELERY_BROKER_URL = REDIS_URL or "memory://localhost"
CELERY_TASK_ALWAYS_EAGER = flag("CELERY_EAGER")  # `make dev` has no worker
CELERY_TASK_IGNORE_RESULT = True
# SIGTERM lets a worker finish what it does; told twice, it still has this many seconds.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its queue as long as it takes
# How a report survives lost workers, queues and clocks, and why these numbers: docs/adr/0010.
CELERY_TASK_TIME_LIMIT = 360  # ends a process that hangs; the lease has run out by then
CELERY_BEAT_SCHEDULER = "lpo.beat:SteadyScheduler"
CELERY_BEAT_SCHEDULE = {
    # Without a worker the sweeps of six hours queue up, not more; a sweep takes milliseconds.
    "sweep": {"task": "reports.sweep", "schedule": 5.0, "options": {"expires": 6 * 60 * 60}},
}
# Publishing from a web process must fail fast: the row is the truth and a sweep sends it again.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 0}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        # A message is gone once a worker has it: rows and leases bring back what a lost worker had. With
        # acknowledgements, one that fails while Redis does not answer stops its worker for good.
        "ack_emulation": False,
        "socket_connect_timeout": 1,
        "socket_timeout": 1,
    }
    if REDIS_URL
    else {"polling_interval": 0.05}
)

LOGGING = logs.configuration()

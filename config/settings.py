"""
One settings file for every environment; what differs comes from the environment (`.env.example`, `docs/operations.md`).

`DEMO=1` alone permits the seed, the cast, the emulators and cookies over plain http, and refuses hosts that are not loopback.
"""

from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.env import env_bool, env_int, env_list, env_secret, env_str
from config.queues import ROUTES
from config.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent

# --- what kind of run is this -------------------------------------------------------------------
DEBUG = env_bool("DEBUG")
DEMO = env_bool("DEMO")
TESTING = env_bool("TESTING")
SECRET_KEY = env_secret("SECRET_KEY")

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ",".join(LOOPBACK))
if DEMO and not set(ALLOWED_HOSTS) <= {*LOOPBACK, "testserver"}:
    raise ImproperlyConfigured(
        "DEMO=1 shows everyone the demo's passwords: it refuses hosts that are not loopback."
    )
SITE_URL = env_str("SITE_URL", f"http://127.0.0.1:{env_int('PORT', 8000)}")
LIVE_URL = env_str("LIVE_URL", f"http://127.0.0.1:{env_int('LIVE_PORT', 8001)}")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", SITE_URL if SITE_URL.startswith("https") else "")

# --- applications -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "portal",
    "offices",
    "callcentre",
    "metrics",
    "crm",
    "catalog",
    "events",
    "accounts",
    "territory",
    "integrations",
    "common",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_structlog",
]

MIDDLEWARE = [
    "portal.cache.CachedPages",  # first: a published page on a cache hit costs no session, cookie or query
    # What any of those below answers, a redirect and an error too, carries these headers.
    "common.middleware.SecurityHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.origins.ComesFrom",
    "common.unstorable.RefuseUnstorable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "common.middleware.WrongMethod",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "common.languages.OnlyTheLanguage",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInRequired",
    "accounts.middleware.CurrentActor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "common.context.site",
                "accounts.context.staff_frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "common.templatetags.ui"],
        },
    }
]
# Our own form templates (components/) decide how a field is drawn, not the framework's.
FORM_RENDERER = "common.controls.Controls"
INSTALLED_APPS += ["django.forms"]


# --- database -----------------------------------------------------------------------------------
def database(url: str, *, role: str | None) -> dict[str, object]:
    """Turn a postgresql:// address into Django's dictionary; `role` is taken right after connecting."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://")
    query = dict(parse_qsl(parts.query))
    # What stands still in a transaction holds back the lists of agencies' programs (docs/api.md): it is ended.
    still = "-c idle_in_transaction_session_timeout=10min"
    options: dict[str, object] = {"options": f"-c role={role} {still}"} if role else {}
    if sslmode := query.get("sslmode"):
        options["sslmode"] = sslmode
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(parts.port or query.get("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": None if not TESTING else 0,
        "CONN_HEALTH_CHECKS": not TESTING,
    }


# Two roles (docs/adr/0003): the owner migrates; the application cannot change an event, an access log or a history.
DATABASE_APP_ROLE = env_str("DATABASE_APP_ROLE", "ventanilla_app")
DATABASE_URL = env_secret("DATABASE_URL")
DATABASES = {
    "default": database(DATABASE_URL, role=DATABASE_APP_ROLE),
    "owner": database(env_str("DATABASE_OWNER_URL", DATABASE_URL), role=None),
}
DATABASE_ROUTERS = ["common.routers.OneDatabaseTwoRoles"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- cache, sessions, jobs ----------------------------------------------------------------------
REDIS_URL = env_str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "ventanilla",
        "TIMEOUT": 300,
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # losing the cache signs nobody out
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# redis-py says unix://path, Celery says redis+socket://path
CELERY_BROKER_URL = REDIS_URL
if REDIS_URL.startswith("unix://"):
    CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace(
        "?db=", "?virtual_host=", 1
    )
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ROUTES = ROUTES
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Whatever is not acknowledged after this long is handed to a second worker, while the first may still be at it: longer than a night's longest
# task, and than the longest wait before a task is tried again (an hour). What a lost worker held waits for none of this: sweeps find it.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = SCHEDULE

FILES_WITH_REASON_A_DAY = env_int(
    "FILES_WITH_REASON_A_DAY", 30
)  # that one member of staff opens without a contact

# --- who signs in -------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of sign-ins in the suite
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "accounts:rooms"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
ACCOUNT_ADAPTER = "accounts.adapter.StaffAccounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "60/m/ip"}

# --- language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Santiago"
LANGUAGE_COOKIE_AGE = 365 * 86400

# --- files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env_str("STATIC_ROOT", str(BASE_DIR / ".dev" / "static")))
MEDIA_ROOT = Path(env_str("MEDIA_ROOT", str(BASE_DIR / ".dev" / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 31536000 if not TESTING else 0
WHITENOISE_USE_FINDERS = TESTING
WHITENOISE_AUTOREFRESH = TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # a sheet with all the rows that the editors' screen holds
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
UPLOAD_MAX_BYTES = 10 * 1024 * 1024

# --- headers ------------------------------------------------------------------------------------
SECURE_HTTP = not DEMO and not TESTING  # the demo runs on loopback over plain http
SECURE_SSL_REDIRECT = SECURE_HTTP and env_bool("SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 63072000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY") else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_HTTP
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE: Literal["Lax"] = "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "config.views.show_csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, LIVE_URL],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- API ----------------------------------------------------------------------------------------
CATALOGUE_API_OPEN = env_bool(
    "CATALOGUE_API_OPEN", default=True
)  # False: the ChileAtiende shapes ask for a token
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "common.problems.as_problem_details",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_THROTTLE_RATES": {"public": "1200/min"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ventanilla",
    "DESCRIPTION": "Public services: procedures, offices and statistics for anybody; cases for agencies with a credential.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "CaseState": "crm.models.CaseState",
        "StageState": "crm.models.StageState",
        "PaperState": "crm.models.DocumentState",
        "Judgement": [("accepted", "accepted"), ("rejected", "rejected")],
    },
    "APPEND_COMPONENTS": {"securitySchemes": {"credential": {"type": "http", "scheme": "bearer"}}},
}

# --- outside systems (a Protocol each in `integrations`) -----------------------------------------
MAIL_CLIENT = env_str("MAIL_CLIENT", "memory" if DEMO or TESTING else "smtp")
EMAIL_HOST = env_str("EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS")
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD", "")
EMAIL_MESSAGE_DOMAIN = env_str("EMAIL_MESSAGE_DOMAIN", "ventanilla.invalid")
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "ventanilla@ventanilla.invalid")
SMS_CLIENT = env_str("SMS_CLIENT", "memory" if DEMO or TESTING else "http")
SMS_URL, SMS_FROM = env_str("SMS_URL", ""), env_str("SMS_FROM", "")
SMS_TOKEN = env_str("SMS_TOKEN", "")
VIRUS_SCAN_CLIENT = env_str("VIRUS_SCAN_CLIENT", "memory" if DEMO or TESTING else "clamd")
CLAMD_HOST = env_str("CLAMD_HOST", "localhost")
CLAMD_PORT = env_int("CLAMD_PORT", 3310)
AGENCY_CLIENT = env_str("AGENCY_CLIENT", "http")
AGENCY_ON_LOOPBACK = (
    DEMO or TESTING
)  # an example agency runs on this machine; elsewhere only https to public addresses
TELEPHONY_TOKEN = env_str("TELEPHONY_TOKEN", "demo-telephony-token" if DEMO or TESTING else "")

# --- logs: structured, no personal data (common.logs names routes, not addresses, and masks the rest)
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "common.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "WARNING")},
    "loggers": {"django.db.backends": {"level": "INFO"}},  # never a statement with its values
}

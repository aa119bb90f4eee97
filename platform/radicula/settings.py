"""Django settings, derived from the typed configuration."""

import secrets
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF

from radicula.configuration import REPOSITORY, configuration_read

django_stubs_ext.monkeypatch()  # Django's and DRF's generic classes may then be subscripted at run time

CONFIGURATION = configuration_read()
FRONTEND = REPOSITORY / "frontend" / "dist"

# Without a key of its own a process may run commands, but sessions would not outlive it.
SECRET_KEY = CONFIGURATION.secret_key.get_secret_value() if CONFIGURATION.secret_key else secrets.token_urlsafe(50)
DEBUG = CONFIGURATION.debug
ALLOWED_HOSTS = [host for host in CONFIGURATION.allowed_hosts.split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in CONFIGURATION.trusted_origins.split(",") if origin]
ROOT_URLCONF = "radicula.urls"
ASGI_APPLICATION = "radicula.asgi.application"
AUTH_USER_MODEL = "access.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rest_framework.authtoken",
    "access",
    "blobs",
    "jobs",
    "annotation",
    "tracts",
    "clinical",
    "models_app",
    "results",
    "radicula",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Under ASGI each request has a thread of its own, so a connection that is kept would never be used again.
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(CONFIGURATION.database_url, conn_max_age=0)}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CONFIGURATION.redis_url}}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [FRONTEND] if FRONTEND.is_dir() else []
WHITENOISE_USE_FINDERS = True  # serves each app's files and the built front end from where they lie
# Vite puts a hash of the content into the name of everything under assets/.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/.+-[\w-]{8,}\.\w+$"

BLOB_FOLDER = CONFIGURATION.blob_folder
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": BLOB_FOLDER},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "radicula.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_RATES": {"sign-in": "20/min"},
    "EXCEPTION_HANDLER": "radicula.problems.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Radicula",
    "DESCRIPTION": "Label MRI as a team, train on the labels, measure how far they can be trusted.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ReportStateEnum": "results.report_formats.REPORT_STATES",
        "RoleEnum": "access.models.Role",
        "JobStateEnum": "jobs.models.JobState",
        "TaskStateEnum": "annotation.models.TaskState",
        "ModelStateEnum": "models_app.models.ModelState",
        "VerdictEnum": "annotation.models.Verdict",
        "PlaneEnum": "protocols.names.PLANES",
        "ViewEnum": "protocols.names.VIEWS",
        "ColourMapEnum": "protocols.names.COLOUR_MAPS",
        "AnalysisKindEnum": "results.models.AnalysisKind",
        "MarkKindEnum": "measures.marks.KINDS",
        "LabelSourceEnum": "annotation.models.LabelSource",
        "RoundStateEnum": "models_app.models.RoundState",
        "RoundTriggerEnum": "models_app.models.RoundTrigger",
        "ChoiceStateEnum": "models_app.models.ChoiceState",
        "SamplingEnum": "selection.summary.Sampling",
        "MeasureSourceEnum": "clinical.models.Source",
    },
}

CELERY_BROKER_URL = CONFIGURATION.broker_url
CELERY_TASK_IGNORE_RESULT = True  # a job's outcome is its row in the database
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # the reaper says what happened; nothing runs twice unasked
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than any training: a message that is not acknowledged in this time would be delivered a second time.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 14 * 24 * 3600}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "jobs-reap-lost": {"task": "jobs.reap_lost", "schedule": 10.0, "options": {"queue": "io", "expires": 10}},
    "rounds-advance": {"task": "models.rounds_advance", "schedule": 20.0, "options": {"queue": "io", "expires": 20}},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False  # a proxy in front ends TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.https else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIGURATION.https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True

# Open log-ins exist in demo mode alone; `manage.py demo` makes these users and refuses to run otherwise.
DEMO_LOGINS: list[dict[str, str]] = (
    [
        {"username": "lena", "password": "radicula-demo", "role": "study lead"},
        {"username": "ada", "password": "radicula-demo", "role": "annotator"},
        {"username": "ben", "password": "radicula-demo", "role": "annotator"},
        {"username": "rita", "password": "radicula-demo", "role": "reviewer"},
        {"username": "emil", "password": "radicula-demo", "role": "model engineer"},
    ]
    if CONFIGURATION.demo
    else []
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": CONFIGURATION.log_level},
    "loggers": {"django.request": {"level": "ERROR"}, "httpx": {"level": "WARNING"}},
}

"""Django's settings, made of the checked environment."""

import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from config.environment import read_environment
from config.errors import report_errors_to
from config.logging import configure_logging
from config.timetable import timetable

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("FOLLOWUP_VAR", BASE_DIR / "var"))

# A command typed beside a running `run.py` finds the same database and keys through var/service.env.
for env_file in (BASE_DIR / ".env", VAR_DIR / "service.env"):
    if env_file.is_file():
        environ.Env.read_env(env_file)

ENVIRONMENT = read_environment(os.environ)

SECRET_KEY = ENVIRONMENT.secret_key
FIELD_KEYS = ENVIRONMENT.field_keys
HASH_KEY = ENVIRONMENT.hash_key
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
PUBLIC_BASE_URL = ENVIRONMENT.public_base_url
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
METRICS_TOKEN = ENVIRONMENT.metrics_token

GATEWAY = ENVIRONMENT.gateway
TWILIO_ACCOUNT_SID = ENVIRONMENT.twilio_account_sid
TWILIO_AUTH_TOKEN = ENVIRONMENT.twilio_auth_token
TWILIO_AUTH_TOKEN_SECONDARY = ENVIRONMENT.twilio_auth_token_secondary
TWILIO_MESSAGING_SERVICE_SID = ENVIRONMENT.twilio_messaging_service_sid
TWILIO_FROM_NUMBER = ENVIRONMENT.twilio_from_number
TWILIO_API_BASE_URL = ENVIRONMENT.twilio_api_base_url
SENDER_RATE = ENVIRONMENT.sender_rate
STOP_CONFIRMED_BY = ENVIRONMENT.stop_confirmed_by
SWEEP_SECONDS = ENVIRONMENT.sweep_seconds
ALERT_EMAILS = ENVIRONMENT.alert_emails
ALERT_WEBHOOK_URL = ENVIRONMENT.alert_webhook_url
ALLOW_PRIVATE_WEBHOOKS = ENVIRONMENT.allow_private_webhooks
MESSAGING_LISTENER = "followup.inbox.on_messaging_event"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "followup",  # before allauth: its templates stand in for allauth's
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "clinics",
    "surveys",
    "messaging",
    "watch",
    "config",
]

MIDDLEWARE = [
    "config.middleware.trusted_proxies",
    "config.middleware.request_id",
    "config.middleware.webhooks_alone",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clinics.middleware.acting",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "followup.web.sessions.SessionLimits",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "watch.web.menu.open_alerts",
            ],
            "builtins": ["django.templatetags.static", "followup.web.tags"],
        },
    }
]

# The pool keeps connections between requests; OPTIONS of the URL (such as sslmode) stay.
POOL = {"min_size": 1, "max_size": 12, "timeout": 5, "max_lifetime": 1800}
DATABASES = {
    "default": ENVIRONMENT.database
    | {"CONN_MAX_AGE": 0, "OPTIONS": ENVIRONMENT.database.get("OPTIONS", {}) | {"pool": POOL}}
}

# Lock-outs and rate limits must survive the loss of Redis and hold across processes, hence a table.
# Only the API's limits against runaway clients are in Redis: they cost no write to the database, and may be lost.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    "limits": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENVIRONMENT.redis_url,
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.5},  # a hanging Redis must not hold requests
    },
}

EMAIL_HOST = ENVIRONMENT.email.get("EMAIL_HOST", "")
EMAIL_PORT = ENVIRONMENT.email.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = ENVIRONMENT.email.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = ENVIRONMENT.email.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = ENVIRONMENT.email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = ENVIRONMENT.email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

AUTH_USER_MODEL = "clinics.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_ADAPTER = "followup.web.accounts.StaffAccounts"
MFA_ADAPTER = "followup.web.accounts.StaffSecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Followup"

SERVED_OVER_TLS = PUBLIC_BASE_URL.startswith("https://")
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
SECURE_HSTS_SECONDS = 31_536_000 if SERVED_OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SERVED_OVER_TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_PARSER_CLASSES": ["followup.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "NON_FIELD_ERRORS_KEY": "body",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "followup.api.problems.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "followup.api.problems.ProblemFormatter",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Followup",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ContentStatus": ["draft", "published", "retired"],
        "FollowUpStatus": "followup.api.resources.follow_ups.STATUSES",
        "CareSessionStatus": "followup.api.resources.care_sessions.STATUSES",
        "MessageStatus": "followup.api.resources.messages.STATUSES",
        "PatientStatus": "followup.models.patient.PatientStatus",
        "ReviewStatus": "followup.api.resources.reviews.STATUSES",
        "WebhookDeliveryStatus": "followup.api.resources.webhooks.STATUSES",
        "WebhookEvent": "followup.api.resources.webhooks.EVENTS",
        "WebhookDeliveryEvent": "followup.api.resources.webhooks.ALL_EVENTS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "followup.api.schema.finish_document",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Tasks are nudges: what a worker held when it died waits for the next sweep, and nobody waits for an absent Redis.
# Acknowledged early, because a late acknowledgement over a connection that was lost meanwhile ends the whole worker.
CELERY_BROKER_URL = ENVIRONMENT.redis_url
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 0.5,
    "socket_timeout": 2,  # longer than the second that a worker's blocking pop lasts
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = timetable(SWEEP_SECONDS)
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

LOGGING_CONFIG = None
configure_logging(ENVIRONMENT.log_format)
report_errors_to(ENVIRONMENT.sentry_dsn)

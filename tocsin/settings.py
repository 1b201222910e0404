"""Django's settings, made from the one typed object in `core/settings.py`. Nothing here reads the environment itself."""

from __future__ import annotations

import zoneinfo
from pathlib import Path
from typing import Any

from tocsin.core import clock
from tocsin.core.secrets import installation_key
from tocsin.core.settings import Settings, database, load

TOCSIN: Settings = load()

clock.install(TOCSIN.test_clock if TOCSIN.test else None)
zoneinfo.reset_tzpath(to=())

HERE = Path(__file__).resolve().parent
SECRET_KEY = installation_key(TOCSIN.secret_key, TOCSIN.data)
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tocsin.urls"
WSGI_APPLICATION = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_cotton.apps.SimpleAppConfig",
    "tocsin.core",
    "tocsin.directory",
    "tocsin.oncall",
    "tocsin.collab",
    "tocsin.alerts",
    "tocsin.paging",
    "tocsin.incidents",
    "tocsin.postmortems",
    "tocsin.statuspages",
    "tocsin.readiness",
    "tocsin.web",
    "tocsin.apps.RootConfig",
]

MIDDLEWARE = [
    "tocsin.web.gate.security.SecurityHeaders",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tocsin.web.gate.policy.DenyByDefault",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "tocsin.web.templatetags.tocsin",
                "tocsin.web.templatetags.languages",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tocsin.web.frame.context.frame",
            ],
        },
    }
]
COTTON_DIR = "parts"


def _databases() -> dict[str, Any]:
    if TOCSIN.on_postgresql:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "DISABLE_SERVER_SIDE_CURSORS": True,
            **database(TOCSIN),
        }
    TOCSIN.data.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "tocsin.core.store.sqlite",
        "NAME": TOCSIN.sqlite_path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30},
    }


DATABASES = {"default": _databases()}

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en-gb"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 86400

AUTH_USER_MODEL = "directory.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tocsin.web.gate.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/5m/key"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
MFA_ADAPTER = "tocsin.web.gate.accounts.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", *(["webauthn"] if TOCSIN.passkeys else [])]
MFA_PASSKEY_LOGIN_ENABLED = TOCSIN.passkeys
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not TOCSIN.secure
MFA_TOTP_ISSUER = "Tocsin"

SESSION_ENGINE = "tocsin.web.gate.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TOCSIN.secure
SESSION_COOKIE_AGE = 14 * 86400
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tocsin.web.errors.stale_form"
CSRF_TRUSTED_ORIGINS = [TOCSIN.base_url] if TOCSIN.secure else []
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
LOGGING_CONFIG = None

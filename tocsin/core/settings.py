"""Every setting, typed, read once from the environment. An unknown `TOCSIN_*` name stops the start."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_NOT_SETTINGS = {"TOCSIN_URL", "TOCSIN_TOKEN", "TOCSIN_TEST_ALL", "TOCSIN_TEST_STORE"}
"""Read by the command line and the test runner, not by the server."""


class SettingsError(Exception):
    """The environment cannot be understood; the message names the variable and the fix."""


class Settings(BaseSettings):
    """What the person who runs Tocsin may choose. Each field is the environment variable `TOCSIN_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_", frozen=True, extra="ignore", env_ignore_empty=True)

    data: Path = Field(Path("./tocsin-data"), description="Folder for the SQLite database, uploads, the secret and the lock.")
    database_url: str = Field("", description="`postgresql://user:password@host:port/name`. Empty: SQLite in the data folder.")
    base_url: str = Field(
        "http://localhost:8000",
        description="The address people type. With `https://` cookies are secure and HSTS is on; links in pages start with it.",
    )
    secret_key: str = Field(
        "",
        description="Key for sessions and for secrets at rest. Empty: a random one in `DATA/secret`. The same on every node.",
    )
    smtp_url: str = Field(
        "",
        description="`smtp[s]://[user:password@]host[:port][?starttls=require|never]`. STARTTLS unless loopback.",
    )
    mail_from: str = Field("Tocsin <tocsin@localhost>", description="Sender of every mail.")
    mail_address: str = Field(
        "",
        description="Where mail to Tocsin arrives, such as `incidents@tocsin.example.com`; replies and bounces come to "
        "`incidents+…@`. Empty: nobody is asked to reply.",
    )
    mail_in: str = Field(
        "", description="`host:port` at which mail is accepted over SMTP, behind your mail server. Empty: none is accepted."
    )
    mail_support: str = Field(
        "",
        description="A second address that arrives there: mail with the key of an incident in its subject labels a support case.",
    )
    mail_support_senders: str = Field(
        "", description="Comma-separated addresses or domains that may label cases by mail, besides people of the directory."
    )
    trusted_proxies: str = Field("", description="Comma-separated networks whose `X-Forwarded-For` and `-Proto` are believed.")
    outbound_allow: str = Field(
        "",
        description="Comma-separated private networks or `host:port` that outgoing HTTP may reach besides the public internet.",
    )
    upload_limit: int = Field(10, ge=1, le=100, description="The largest file that may be put into a room, in MiB.")
    video_url: str = Field(
        "",
        description="Where each incident has its video call, such as `https://meet.example.com/{room}`: Jitsi opens a room "
        "of that name. Without `{room}`: one bridge for all. Empty: typed in by hand.",
    )
    video_app_id: str = Field(
        "",
        description="App id of a Jitsi that asks for tokens (JWT). With `TOCSIN_VIDEO_SECRET` each person gets one on the way in.",
    )
    video_secret: str = Field("", repr=False, description="The secret that goes with it. Tokens last an hour and are kept nowhere.")
    review_minutes: int = Field(
        30, ge=5, le=1440, description="How often the manager of a major incident is asked whether impact or severity has changed."
    )
    first_words_minutes: int = Field(
        30, ge=1, le=1440, description="Within how many minutes of a major incident the first words are due, inside and outside."
    )
    hold_seconds: int = Field(
        5, ge=0, le=300, description="Seconds in which a confirmed update can be taken back before anybody reads it."
    )
    longest_silence_minutes: int = Field(
        180, ge=1, le=10080, description="How many minutes updates of an open incident lie apart at most; a promise may be sooner."
    )
    mentions_feed: str = Field(
        "", description="Address of an Atom or RSS feed of public posts that mention the company; responders choose which count."
    )
    relief_hours: int = Field(8, ge=1, le=72, description="Hours on one incident after which somebody is shown as tired.")
    awake_hours: int = Field(16, ge=1, le=72, description="Hours awake after which somebody is shown as tired.")
    incident_prefix: str = Field("HOT", description="Prefix of incident keys: capital letters, two to ten.")
    log: str = Field("info", description="`debug`, `info`, `warning` or `error`; lines are JSON when the output is not a terminal.")
    test: bool = Field(False, description="Test mode: a red ribbon, and only loopback may be bound or mailed through.")
    test_clock: Path | None = Field(None, description="File with an offset in seconds, honoured only in test mode.")

    @field_validator("incident_prefix")
    @classmethod
    def _prefix(cls, value: str) -> str:
        if not (2 <= len(value) <= 10 and value.isascii() and value.isalpha() and value.isupper()):
            raise ValueError("TOCSIN_INCIDENT_PREFIX takes two to ten capital letters, such as HOT")
        if value == "DRILL":
            raise ValueError("TOCSIN_INCIDENT_PREFIX cannot be DRILL: exercises are numbered apart as DRILL-1")
        return value

    @field_validator("video_url")
    @classmethod
    def _video(cls, value: str) -> str:
        parts = urlsplit(value.replace("{room}", "x"))
        if value and not (parts.scheme in {"https", "http"} and parts.hostname and "{" not in value.replace("{room}", "")):
            raise ValueError("TOCSIN_VIDEO_URL takes an address such as https://meet.example.com/{room}")
        return value

    @field_validator("mail_address", "mail_support")
    @classmethod
    def _address(cls, value: str) -> str:
        local, at, domain = value.strip().lower().partition("@")
        if value and not (at and domain and re.fullmatch(r"[a-z0-9._-]{1,20}", local) and re.fullmatch(r"[a-z0-9.-]+", domain)):
            raise ValueError("takes an address such as incidents@tocsin.example.com, with at most 20 letters before the @ and no +")
        return value.strip().lower()

    @field_validator("mail_in")
    @classmethod
    def _listens(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value and not (host.strip("[]") and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError("TOCSIN_MAIL_IN takes host:port, such as 127.0.0.1:2525")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: str) -> str:
        for part in filter(None, (piece.strip() for piece in value.split(","))):
            try:
                ipaddress.ip_network(part, strict=False)
            except ValueError:
                raise ValueError(f"TOCSIN_TRUSTED_PROXIES takes networks such as 10.0.0.0/8, not {part!r}") from None
        return value

    @field_validator("log")
    @classmethod
    def _log(cls, value: str) -> str:
        if value not in {"debug", "info", "warning", "error"}:
            raise ValueError("TOCSIN_LOG takes debug, info, warning or error")
        return value

    @property
    def mail_in_place(self) -> tuple[str, int]:
        """Host and port of `mail_in`, which must not be empty."""
        host, _, port = self.mail_in.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def on_postgresql(self) -> bool:
        return bool(self.database_url)

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def passkeys(self) -> bool:
        """Browsers make passkeys only for a host name over HTTPS, or for localhost."""
        host = urlsplit(self.base_url).hostname or ""
        named = not re.fullmatch(r"[0-9.]+|.*:.*", host)
        return host == "localhost" or (self.secure and named)

    @property
    def sqlite_path(self) -> Path:
        return self.data / "tocsin.sqlite3"


def load() -> Settings:
    """Read the environment. Raises SettingsError with one line that names the variable and the fix."""
    _refuse_unknown()
    try:
        settings = Settings()
    except ValueError as error:
        raise SettingsError(_first_line(error)) from None
    if urlsplit(settings.base_url).scheme not in {"http", "https"} or not urlsplit(settings.base_url).hostname:
        raise SettingsError("TOCSIN_BASE_URL must look like https://tocsin.example.com")
    _check_video(settings)
    if settings.database_url:
        database(settings)
    if settings.test and settings.smtp_url and not is_loopback(smtp(settings).host):
        raise SettingsError("TOCSIN_TEST=1 mails through loopback only; unset TOCSIN_TEST or TOCSIN_SMTP_URL")
    _check_mail(settings)
    return settings


def _check_mail(settings: Settings) -> None:
    """Mail that is accepted and belongs nowhere would be refused one by one."""
    if settings.mail_in and not settings.mail_address:
        raise SettingsError("TOCSIN_MAIL_IN needs TOCSIN_MAIL_ADDRESS, the address at which mail arrives")
    if settings.mail_support and settings.mail_support == settings.mail_address:
        raise SettingsError("TOCSIN_MAIL_SUPPORT must be another address than TOCSIN_MAIL_ADDRESS")
    if settings.test and settings.mail_in and not is_loopback(settings.mail_in_place[0]):
        raise SettingsError("TOCSIN_TEST=1 accepts mail on loopback only, such as TOCSIN_MAIL_IN=127.0.0.1:2525")


def _check_video(settings: Settings) -> None:
    """A token without its secret, or for no room, would be found out in an emergency."""
    if bool(settings.video_app_id) != bool(settings.video_secret):
        raise SettingsError("TOCSIN_VIDEO_APP_ID and TOCSIN_VIDEO_SECRET go together; set both or none")
    if settings.video_secret and "{room}" not in settings.video_url:
        raise SettingsError("TOCSIN_VIDEO_SECRET needs a TOCSIN_VIDEO_URL with a room, such as https://meet.example.com/{room}")


def _refuse_unknown() -> None:
    known = {f"TOCSIN_{name.upper()}" for name in Settings.model_fields} | _NOT_SETTINGS
    for name in sorted(os.environ):
        if name.startswith("TOCSIN_") and name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            raise SettingsError(f"{name} is not a setting; the nearest one is {near[0]}")


def _first_line(error: ValueError) -> str:
    details = getattr(error, "errors", None)
    if details is None:
        return str(error)
    first = details()[0]
    name = "TOCSIN_" + str(first["loc"][0]).upper() if first.get("loc") else "TOCSIN_*"
    message = first["msg"].removeprefix("Value error, ")
    return message if message.startswith(name) else f"{name}: {message}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Smtp:
    """Where mail goes: host, port, user, password, `tls` from the first byte, `starttls` after EHLO."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise SettingsError("TOCSIN_SMTP_URL must look like smtp://user:password@mail.example.com:587")
        self.host = parts.hostname
        self.tls = parts.scheme == "smtps"
        self.port = parts.port or (465 if self.tls else 587 if not is_loopback(self.host) else 25)
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")
        default = "never" if is_loopback(self.host) else "require"
        starttls = parse_qs(parts.query).get("starttls", [default])[0]
        if starttls not in {"require", "never"}:
            raise SettingsError("TOCSIN_SMTP_URL: starttls takes require or never")
        self.starttls = starttls == "require" and not self.tls


def smtp(settings: Settings) -> Smtp:
    """The mail server of these settings. Raises SettingsError for an unreadable URL."""
    return Smtp(settings.smtp_url)


def database(settings: Settings) -> dict[str, object]:
    """The connection parameters for Django of `TOCSIN_DATABASE_URL`."""
    parts = urlsplit(settings.database_url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SettingsError("TOCSIN_DATABASE_URL must start with postgresql://")
    query = parse_qs(parts.query)
    host = query.get("host", [parts.hostname or ""])[0]
    return {
        "NAME": parts.path.lstrip("/") or "tocsin",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
    }

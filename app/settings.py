"""All settings of the studio, read once from the environment (`DIRECTOR_…`)."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
import platformdirs

from node_registry import DirectorError

LogFormat = Literal["text", "json"]
# These settings are lists, apart by commas.
LISTS = ("backends", "allowed_origins", "trusted_proxies")
LogLevel = Literal["debug", "info", "warning", "error", "critical"]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The studio's settings. Each field is `DIRECTOR_<FIELD>` in the environment.

    Without `database_url` and `redis_url` the studio starts its own servers in `home`.
    `database_url` is the owner's: it may create roles and tables. `workers` are processes on this
    machine. `lease_seconds` is how long a silent worker keeps a task. `backends` are preferred in
    this order, each a name, or `tier:name` for one quality alone. `secure_cookies` belongs to
    a studio behind HTTPS; `allowed_origins` are further addresses that a browser may come from.
    `trusted_proxies` are the addresses or networks of reverse proxies, whose word is taken for
    where a request comes from and whether by HTTPS. `audit_days` is how far back the audit log
    goes, `deleted_days` how long a deleted project can be restored, `history_days` how long each
    single change of a canvas is kept. `max_upload_gb` is the
    size of the largest file that may be brought, `project_quota_gb` that of all media of a project
    together (0: no limit), both in units of 10^9 bytes.
    """

    home: Path = msgspec.field(default_factory=lambda: platformdirs.user_data_path("director"))
    host: str = "127.0.0.1"
    port: int = 8700
    database_url: str | None = None
    redis_url: str | None = None
    workers: int = msgspec.field(default_factory=lambda: max(1, min(os.cpu_count() or 1, 8)))
    lease_seconds: int = 30
    storage: str = "local"
    backends: tuple[str, ...] = ()
    secure_cookies: bool = False
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    open_registration: bool = False
    audit_days: int = 365
    deleted_days: int = 30
    auto_commit: bool = True
    history_days: int = 90
    max_upload_gb: int = 50
    project_quota_gb: int = 0
    log_level: LogLevel = "info"
    log_format: LogFormat = "text"

    @property
    def workspace(self) -> Path:
        """The folder of all projects and of the shared library."""
        return self.home / "workspace"

    @property
    def address(self) -> str:
        """The URL that people on this machine open."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://{host}:{self.port}"

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for a child process."""
        values = {
            "DIRECTOR_HOME": str(self.home),
            "DIRECTOR_HOST": self.host,
            "DIRECTOR_PORT": str(self.port),
            "DIRECTOR_WORKERS": str(self.workers),
            "DIRECTOR_LEASE_SECONDS": str(self.lease_seconds),
            "DIRECTOR_STORAGE": self.storage,
            "DIRECTOR_BACKENDS": ",".join(self.backends),
            "DIRECTOR_SECURE_COOKIES": str(self.secure_cookies).lower(),
            "DIRECTOR_ALLOWED_ORIGINS": ",".join(self.allowed_origins),
            "DIRECTOR_TRUSTED_PROXIES": ",".join(self.trusted_proxies),
            "DIRECTOR_AUDIT_DAYS": str(self.audit_days),
            "DIRECTOR_DELETED_DAYS": str(self.deleted_days),
            "DIRECTOR_OPEN_REGISTRATION": str(self.open_registration).lower(),
            "DIRECTOR_AUTO_COMMIT": str(self.auto_commit).lower(),
            "DIRECTOR_HISTORY_DAYS": str(self.history_days),
            "DIRECTOR_MAX_UPLOAD_GB": str(self.max_upload_gb),
            "DIRECTOR_PROJECT_QUOTA_GB": str(self.project_quota_gb),
            "DIRECTOR_LOG_LEVEL": self.log_level,
            "DIRECTOR_LOG_FORMAT": self.log_format,
        }
        if self.database_url:
            values["DIRECTOR_DATABASE_URL"] = self.database_url
        if self.redis_url:
            values["DIRECTOR_REDIS_URL"] = self.redis_url
        return values


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment gives. Raises `settings.invalid`, naming the variable."""
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        name = f"DIRECTOR_{field.name.upper()}"
        text = environ.get(name, "").strip()
        if not text:
            continue
        several = [part.strip() for part in text.split(",") if part.strip()]
        values[field.name] = several if field.name in LISTS else text
    if "home" in values:
        values["home"] = Path(str(values["home"])).expanduser().absolute()
    for name in values:
        try:
            _settings({name: values[name]})
        except msgspec.ValidationError as error:
            variable = f"DIRECTOR_{name.upper()}"
            raise DirectorError(
                "settings.invalid",
                f"{variable} is {values[name]!r}, which it cannot be: {error}.",
                hint=f"Correct {variable} or unset it.",
            ) from error
    settings = _settings(values)
    _check_range("port", settings.port, 1, 65535)
    _check_range("workers", settings.workers, 0, 64)
    _check_range("lease_seconds", settings.lease_seconds, 3, 3600)
    _check_range("history_days", settings.history_days, 1, 36_500)
    _check_range("audit_days", settings.audit_days, 1, 36_500)
    _check_range("deleted_days", settings.deleted_days, 0, 36_500)
    for proxy in settings.trusted_proxies:
        _check_network(proxy)
    _check_range("max_upload_gb", settings.max_upload_gb, 1, 100_000)
    _check_range("project_quota_gb", settings.project_quota_gb, 0, 1_000_000)
    return settings


def _check_range(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        variable = f"DIRECTOR_{name.upper()}"
        raise DirectorError(
            "settings.invalid",
            f"{variable} is {value}; it goes from {least} to {most}.",
            hint=f"Correct {variable} or unset it.",
        )


def _check_network(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise DirectorError(
            "settings.invalid",
            f"DIRECTOR_TRUSTED_PROXIES names {text!r}, which is no address and no network.",
            hint="Name them as 10.0.0.5 or 10.0.0.0/24, separated by commas.",
        ) from error


def _settings(values: Mapping[str, object]) -> Settings:
    # A path passes as it is: msgspec knows the type by this hook only.
    return msgspec.convert(
        values, Settings, strict=False, dec_hook=lambda type_, value: type_(value)
    )

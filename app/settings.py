"""All settings of the studio, read once from the environment (`DIRECTOR_…`)."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs
from msgspec import inspect

from node_registry import DirectorError

PREFIX = "DIRECTOR_"
PLUGIN_PREFIX = "DIRECTOR_PLUGIN_"
# What a child process gets in place of `database_url`: the URLs of the roles that it works as.
DATABASE_URLS = tuple(f"DIRECTOR_DATABASE_{role}_URL" for role in ("APP", "SERVICE", "WORKER"))
# Of the tests and builds of this repository.
FOREIGN = ("DIRECTOR_TEST_",)

DEFAULT_STORAGE = "local"

POSTGRES_SCHEMES = ("postgresql", "postgres")
REDIS_SCHEMES = ("redis", "rediss", "unix")

Seconds = Annotated[int, msgspec.Meta(ge=1, le=604_800)]
Days = Annotated[int, msgspec.Meta(ge=1, le=36_500)]
LogFormat = Literal["text", "json"]
# These settings are lists, apart by commas.
LISTS = ("backends", "allowed_origins", "trusted_proxies")
# Read where ours is not set.
STANDARD = {"DIRECTOR_OTLP_ENDPOINT": "OTEL_EXPORTER_OTLP_ENDPOINT"}
LogLevel = Literal["debug", "info", "warning", "error", "critical"]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The studio's settings. Each field is `DIRECTOR_<FIELD>` in the environment.

    Without `database_url` and `redis_url` the studio starts its own servers in `home`.
    `database_url` is the owner's: it may create roles and tables. `workers` are processes on this
    machine. `lease_seconds` is how long a silent worker keeps a task. `backends` are preferred in
    this order, each a name, or `tier:name` for one quality alone. `secure_cookies` belongs to
    a studio behind HTTPS; `allowed_origins` are further addresses that a browser may come from.
    `trusted_proxies` are the addresses or networks of reverse proxies, whose word is taken for
    where a request comes from and whether by HTTPS. `plain_http` allows to listen on a network
    without HTTPS. `idle_minutes` is after how long without use a log-in ends (0: never), and
    `session_hours` after how long at all. `access_log` writes a line for each request.
    `audit_days` is how far back the audit log goes, `deleted_days` how long a deleted project can
    be restored, `history_days` how long each single change of a canvas is kept. `max_upload_gb` is
    the size of the largest file that may be brought, `project_quota_gb`
    that of all media of a project together, `person_quota_gb` that of all projects of one owner
    (0: no limit), `disk_floor_gb` what stays free on the disk, `max_import_gb` the size of an
    exported project that is brought back, all in units of 10^9 bytes.
    `metrics_token` is what a monitoring shows to read `/metrics`, `otlp_endpoint` the address of
    the OpenTelemetry collector that spans are sent to (none: nothing is traced). `unused_days` is
    how long stored bytes are kept that nothing names. `max_tasks_person` and `max_tasks_project`
    are how many tasks run at once for one person and in one project (0: no limit). `timeout_low`,
    `timeout_standard` and `timeout_high` are the seconds after which a run of that quality is ended
    that gave no sign of itself, `timeout_start` those before it has begun to work, `timeout_run`
    those that any run takes at most. One run makes at most `max_frames` frames, and as many times
    10^9 pixels (frames and steps counted) as `max_gigapixels`. While much waits
    up to `max_workers` CPU workers run (0: never more than `workers`); `scale_down_seconds` after
    nothing waits any more, those beyond `workers` end.
    """

    home: Path = msgspec.field(default_factory=lambda: platformdirs.user_data_path("director"))
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8700
    database_url: str | None = None
    redis_url: str | None = None
    workers: Annotated[int, msgspec.Meta(ge=0, le=64)] = msgspec.field(
        default_factory=lambda: max(1, min(os.cpu_count() or 1, 8))
    )
    max_workers: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    scale_down_seconds: Seconds = 60
    lease_seconds: Annotated[int, msgspec.Meta(ge=3, le=3600)] = 30
    storage: str = DEFAULT_STORAGE
    backends: tuple[str, ...] = ()
    secure_cookies: bool = False
    plain_http: bool = False
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    open_registration: bool = False
    idle_minutes: Annotated[int, msgspec.Meta(ge=0, le=525_600)] = 7 * 24 * 60
    session_hours: Annotated[int, msgspec.Meta(ge=1, le=8_784)] = 14 * 24
    audit_days: Days = 365
    deleted_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 30
    unused_days: Days = 7
    auto_commit: bool = True
    history_days: Days = 90
    max_upload_gb: Annotated[int, msgspec.Meta(ge=1, le=100000)] = 50
    max_import_gb: Annotated[int, msgspec.Meta(ge=1, le=100000)] = 200
    project_quota_gb: Annotated[int, msgspec.Meta(ge=0, le=1000000)] = 0
    person_quota_gb: Annotated[int, msgspec.Meta(ge=0, le=1000000)] = 500
    disk_floor_gb: Annotated[int, msgspec.Meta(ge=0, le=100000)] = 1
    max_tasks_person: Annotated[int, msgspec.Meta(ge=0, le=100000)] = 0
    max_tasks_project: Annotated[int, msgspec.Meta(ge=0, le=100000)] = 0
    timeout_low: Seconds = 120
    timeout_standard: Seconds = 300
    timeout_high: Seconds = 600
    timeout_start: Seconds = 900
    timeout_run: Seconds = 21_600
    max_frames: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] = 20_000
    max_gigapixels: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] = 1_000
    metrics_token: str | None = None
    access_log: bool = False
    otlp_endpoint: str | None = None
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
            "DIRECTOR_MAX_WORKERS": str(self.max_workers),
            "DIRECTOR_SCALE_DOWN_SECONDS": str(self.scale_down_seconds),
            "DIRECTOR_LEASE_SECONDS": str(self.lease_seconds),
            "DIRECTOR_STORAGE": self.storage,
            "DIRECTOR_BACKENDS": ",".join(self.backends),
            "DIRECTOR_SECURE_COOKIES": str(self.secure_cookies).lower(),
            "DIRECTOR_ALLOWED_ORIGINS": ",".join(self.allowed_origins),
            "DIRECTOR_TRUSTED_PROXIES": ",".join(self.trusted_proxies),
            "DIRECTOR_AUDIT_DAYS": str(self.audit_days),
            "DIRECTOR_DELETED_DAYS": str(self.deleted_days),
            "DIRECTOR_UNUSED_DAYS": str(self.unused_days),
            "DIRECTOR_IDLE_MINUTES": str(self.idle_minutes),
            "DIRECTOR_SESSION_HOURS": str(self.session_hours),
            "DIRECTOR_OPEN_REGISTRATION": str(self.open_registration).lower(),
            "DIRECTOR_AUTO_COMMIT": str(self.auto_commit).lower(),
            "DIRECTOR_HISTORY_DAYS": str(self.history_days),
            "DIRECTOR_MAX_UPLOAD_GB": str(self.max_upload_gb),
            "DIRECTOR_MAX_IMPORT_GB": str(self.max_import_gb),
            "DIRECTOR_PROJECT_QUOTA_GB": str(self.project_quota_gb),
            "DIRECTOR_PERSON_QUOTA_GB": str(self.person_quota_gb),
            "DIRECTOR_DISK_FLOOR_GB": str(self.disk_floor_gb),
            "DIRECTOR_PLAIN_HTTP": str(self.plain_http).lower(),
            "DIRECTOR_ACCESS_LOG": str(self.access_log).lower(),
            "DIRECTOR_MAX_TASKS_PERSON": str(self.max_tasks_person),
            "DIRECTOR_MAX_TASKS_PROJECT": str(self.max_tasks_project),
            "DIRECTOR_TIMEOUT_LOW": str(self.timeout_low),
            "DIRECTOR_TIMEOUT_STANDARD": str(self.timeout_standard),
            "DIRECTOR_TIMEOUT_HIGH": str(self.timeout_high),
            "DIRECTOR_TIMEOUT_START": str(self.timeout_start),
            "DIRECTOR_TIMEOUT_RUN": str(self.timeout_run),
            "DIRECTOR_MAX_FRAMES": str(self.max_frames),
            "DIRECTOR_MAX_GIGAPIXELS": str(self.max_gigapixels),
            "DIRECTOR_LOG_LEVEL": self.log_level,
            "DIRECTOR_LOG_FORMAT": self.log_format,
        }
        if self.database_url:
            values["DIRECTOR_DATABASE_URL"] = self.database_url
        if self.redis_url:
            values["DIRECTOR_REDIS_URL"] = self.redis_url
        if self.metrics_token:
            values["DIRECTOR_METRICS_TOKEN"] = self.metrics_token
        if self.otlp_endpoint:
            values["DIRECTOR_OTLP_ENDPOINT"] = self.otlp_endpoint
        return values


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment gives.

    Raises `settings.invalid`, naming the variable and what it may be, and `settings.unknown` for a
    variable that nobody reads, naming the nearest. Variables of plugins are theirs to judge.
    """
    environ = os.environ if environ is None else environ
    _refuse_unknown(environ)
    values: dict[str, object] = {}
    for field in inspect.type_info(Settings).fields:  # type: ignore[union-attr] - it is a Struct
        variable = f"{PREFIX}{field.name.upper()}"
        text = (
            environ.get(variable, "").strip() or environ.get(STANDARD.get(variable, ""), "").strip()
        )
        if not text:
            continue
        several = [part.strip() for part in text.split(",") if part.strip()]
        values[field.name] = several if field.name in LISTS else text
        try:
            _convert({field.name: values[field.name]})
        except msgspec.ValidationError as error:
            raise _invalid(f"{variable} is {text!r}", _words(field.type), variable) from error
    if "home" in values:
        values["home"] = Path(str(values["home"])).expanduser().absolute()
    settings = _convert(values)
    for proxy in settings.trusted_proxies:
        _check_network(proxy)
    for variable in ("DIRECTOR_DATABASE_URL", *DATABASE_URLS):
        _check_scheme(variable, environ.get(variable, ""), POSTGRES_SCHEMES)
    _check_scheme("DIRECTOR_REDIS_URL", environ.get("DIRECTOR_REDIS_URL", ""), REDIS_SCHEMES)
    for variable, standard in STANDARD.items():
        given = variable if environ.get(variable, "").strip() else standard
        _check_scheme(given, environ.get(given, ""), ("http", "https"))
    return settings


def unknown_variable(name: str, prefix: str, known: Iterable[str]) -> DirectorError:
    """The refusal of a variable that nobody reads, with the nearest one of the same prefix."""
    import difflib  # Loaded for a refusal alone.

    endings = [one.removeprefix(prefix) for one in known]
    near = difflib.get_close_matches(name.removeprefix(prefix), endings, 1, cutoff=0.6)
    return DirectorError(
        "settings.unknown",
        f"Nothing reads {name[:80]}, which is set.",
        hint=f"{f'Is {prefix}{near[0]} meant? ' if near else ''}Correct the name, or unset it.",
    )


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = [f"{PREFIX}{name.upper()}" for name in Settings.__struct_fields__]
    for name in sorted(environ):
        read = name in known or name in DATABASE_URLS
        if name.startswith(PREFIX) and not read and not name.startswith((PLUGIN_PREFIX, *FOREIGN)):
            raise unknown_variable(name, PREFIX, [*known, *DATABASE_URLS])


def _check_scheme(variable: str, url: str, schemes: tuple[str, ...]) -> None:
    # The rest of it holds a password.
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*(?=://)", url.strip())
    if url.strip() and (scheme is None or scheme[0].lower() not in schemes):
        begins = f"begins with `{scheme[0][:20]}://`" if scheme else "is no URL"
        wanted = " or ".join(f"`{one}://`" for one in schemes)
        raise _invalid(f"{variable} {begins}", f"a URL that begins with {wanted}", variable)


def _check_network(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise DirectorError(
            "settings.invalid",
            f"DIRECTOR_TRUSTED_PROXIES names {text!r}, which is no address and no network.",
            hint="Name them as 10.0.0.5 or 10.0.0.0/24, separated by commas.",
        ) from error


def _invalid(what: str, wanted: str, variable: str) -> DirectorError:
    return DirectorError(
        "settings.invalid",
        f"{what}; it has to be {wanted}.",
        hint=f"Correct {variable}, or unset it.",
    )


def _words(kind: inspect.Type) -> str:
    """What a setting may be, in words."""
    if isinstance(kind, inspect.Metadata):
        return _words(kind.type)
    if isinstance(kind, inspect.IntType):
        return f"a whole number from {kind.ge} to {kind.le}"
    if isinstance(kind, inspect.BoolType):
        return "`true` or `false`"
    if isinstance(kind, inspect.LiteralType):
        *most, last = [f"`{value}`" for value in kind.values]
        return f"{', '.join(most)} or {last}"
    return "text"


def _convert(values: Mapping[str, object]) -> Settings:
    # A path passes as it is: msgspec knows the type by this hook only.
    return msgspec.convert(
        values, Settings, strict=False, dec_hook=lambda type_, value: type_(value)
    )

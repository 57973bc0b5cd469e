"""Settings from the environment: what is wrong is named by its variable."""

from __future__ import annotations

import pytest

from app.settings import Settings, read_settings
from node_registry import DirectorError

WORDS = {
    "DIRECTOR_PORT": "a whole number from 1 to 65535",
    "DIRECTOR_WORKERS": "a whole number from 0 to 64",
    "DIRECTOR_LEASE_SECONDS": "a whole number from 3 to 3600",
    "DIRECTOR_HISTORY_DAYS": "a whole number from 1 to 36500",
    "DIRECTOR_LOG_FORMAT": "`json` or `text`",
    "DIRECTOR_LOG_LEVEL": "`critical`, `debug`, `error`, `info` or `warning`",
    "DIRECTOR_AUTO_COMMIT": "`true` or `false`",
}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DIRECTOR_PORT", "eight"),
        ("DIRECTOR_PORT", "0"),
        ("DIRECTOR_PORT", "65536"),
        ("DIRECTOR_WORKERS", "-1"),
        ("DIRECTOR_WORKERS", "100000"),
        ("DIRECTOR_LEASE_SECONDS", "1"),
        ("DIRECTOR_LEASE_SECONDS", "nan"),
        ("DIRECTOR_LOG_FORMAT", "xml"),
        ("DIRECTOR_LOG_LEVEL", "loud"),
        ("DIRECTOR_AUTO_COMMIT", "perhaps"),
        ("DIRECTOR_HISTORY_DAYS", "0"),
    ],
)
def test_a_wrong_value_is_named_by_its_variable(variable, value) -> None:
    with pytest.raises(DirectorError) as refused:
        read_settings({variable: value})
    assert refused.value.code == "settings.invalid"
    assert variable in refused.value.message
    assert variable in refused.value.hint
    assert WORDS[variable] in refused.value.message
    others = [n for n in ("PORT", "WORKERS", "LEASE") if n not in variable]
    assert not any(f"DIRECTOR_{other}" in refused.value.message for other in others)


def test_settings_survive_the_way_to_a_child_process(tmp_path) -> None:
    given = read_settings(
        {
            "DIRECTOR_HOME": str(tmp_path),
            "DIRECTOR_ALLOWED_ORIGINS": "https://a.example, https://b.example ,",
            "DIRECTOR_WORKERS": "0",
            "DIRECTOR_AUTO_COMMIT": "false",
            "DIRECTOR_REDIS_URL": "redis://127.0.0.1:1",
        }
    )
    assert given.allowed_origins == ("https://a.example", "https://b.example")
    assert read_settings(given.environment()) == given


def test_what_is_empty_is_not_set(tmp_path) -> None:
    assert read_settings({"DIRECTOR_PORT": "", "DIRECTOR_HOME": str(tmp_path)}) == Settings(
        home=tmp_path
    )


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DIRECTOR_DATABASE_URL", "mysql://ina:secret@host/db", "begins with `mysql://`"),
        ("DIRECTOR_DATABASE_URL", "ina:secret@host/db", "is no URL"),
        ("DIRECTOR_DATABASE_WORKER_URL", "http://ina:secret@host", "begins with `http://`"),
        ("DIRECTOR_REDIS_URL", "postgresql://ina:secret@host", "begins with `postgresql://`"),
        ("DIRECTOR_REDIS_URL", "127.0.0.1:6379", "is no URL"),
    ],
)
def test_a_url_of_another_scheme_is_refused_without_its_password(variable, value, said) -> None:
    with pytest.raises(DirectorError) as refused:
        read_settings({variable: value})
    assert refused.value.code == "settings.invalid"
    assert refused.value.message.startswith(f"{variable} {said}; it has to be a URL")
    wanted = "redis://" if "REDIS" in variable else "postgresql://"
    assert wanted in refused.value.message
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["postgres://h/d", "postgresql:///d?host=/run", "PostgreSQL://h/d"])
def test_urls_that_postgresql_takes_pass(url: str) -> None:
    assert read_settings({"DIRECTOR_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DIRECTOR_PROT", "DIRECTOR_PORT"),
        ("DIRECTOR_DATABASE", "DIRECTOR_DATABASE_URL"),
        ("DIRECTOR_LOGLEVEL", "DIRECTOR_LOG_LEVEL"),
        ("DIRECTOR_DATABASE_WORKERS_URL", "DIRECTOR_DATABASE_WORKER_URL"),
    ],
)
def test_a_variable_that_nobody_reads_is_refused_with_the_one_that_is_meant(name, meant) -> None:
    with pytest.raises(DirectorError) as refused:
        read_settings({name: "1"})
    assert refused.value.code == "settings.unknown"
    assert name in refused.value.message
    assert f"Is {meant} meant?" in refused.value.hint


def test_variables_of_plugins_and_of_others_pass() -> None:
    read_settings({"DIRECTOR_PLUGIN_STORAGE__BUCKET": "x", "DIRECTORY": "x", "HOME": "/"})


def test_the_collector_of_traces_is_also_read_from_the_standard_variable() -> None:
    standard = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}
    assert read_settings({}).otlp_endpoint is None
    assert read_settings(standard).otlp_endpoint == "http://collector:4318"
    ours = read_settings({**standard, "DIRECTOR_OTLP_ENDPOINT": "https://other"})
    assert ours.otlp_endpoint == "https://other"
    assert read_settings(ours.environment()) == ours
    with pytest.raises(DirectorError, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
        read_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317"})

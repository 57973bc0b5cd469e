"""Settings from the environment: what is wrong is named by its variable."""

from __future__ import annotations

import pytest

from app.settings import Settings, read_settings
from node_registry import DirectorError


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
    ],
)
def test_a_wrong_value_is_named_by_its_variable(variable, value) -> None:
    with pytest.raises(DirectorError) as refused:
        read_settings({variable: value})
    assert refused.value.code == "settings.invalid"
    assert variable in refused.value.message
    assert variable in refused.value.hint
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

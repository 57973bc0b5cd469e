"""What an operator may set about functions: `DIRECTOR_PLUGIN_FUNCTION_RUNNER__<FIELD>`."""

from __future__ import annotations

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`manifests` is the operator's own folder of manifests; without it there are no functions."""

    manifests: str = ""

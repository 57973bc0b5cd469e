"""What an operator may set about ComfyUI: `DIRECTOR_PLUGIN_COMFYUI__<FIELD>`."""

from __future__ import annotations

from typing import Annotated

import msgspec

Address = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/?#]+[^\s?#]*)?$", max_length=500)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`url` is the server's address; without it the plugin asks nobody.

    For a proxy that wants a name and a password, write them into the address: ComfyUI itself
    knows no users to keep out.
    """

    url: Address = ""

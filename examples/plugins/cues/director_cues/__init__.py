"""Cue lists: when something happens in the film. The plugin's entry point, and light."""

from node_registry import hookimpl


@hookimpl
def register_socket_types():
    """The cue list, as a type of its own."""
    from .cue_list import CUE_LIST

    return [CUE_LIST]


@hookimpl
def register_converters():
    """From text to cues and back, so that a Text node can be connected."""
    from .cue_list import CUES_TO_TEXT, TEXT_TO_CUES

    return [TEXT_TO_CUES, CUES_TO_TEXT]


@hookimpl
def register_node_types():
    """The click track."""
    from .click_track import CLICK_TRACK_NODE

    return [CLICK_TRACK_NODE]


@hookimpl
def register_backends():
    """What renders the click track."""
    from .click_track import CLICK_TRACK

    return [CLICK_TRACK]


@hookimpl
def register_exporters():
    """The shot list."""
    from .shot_list import SHOT_LIST

    return [SHOT_LIST]

"""What the user has chosen, where, and which choice counts.

Command line before ``NARRATE_*`` before script file before ``show.toml`` before the user's own
``config.toml`` before the defaults.
"""

from narrate.settings.choosing import SHOW_FILE, Chosen, Layer, choose, read_file, show_folder, user_file
from narrate.settings.declared import SETTINGS, Setting, keys_below
from narrate.settings.kinds import AUTO
from narrate.settings.values import read_setting, read_value

__all__ = [
    "AUTO",
    "SETTINGS",
    "SHOW_FILE",
    "Chosen",
    "Layer",
    "Setting",
    "choose",
    "keys_below",
    "read_file",
    "read_setting",
    "read_value",
    "show_folder",
    "user_file",
]

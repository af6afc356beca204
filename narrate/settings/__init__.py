"""What a person has chosen, where, and which choice counts.

Command line before ``NARRATE_*`` before script file before ``show.toml`` before the user's own
``config.toml`` before the defaults.
"""

from narrate.model.settings import SAMPLE_RATES_HZ
from narrate.settings.choosing import SHOW_FILE, Chosen, choose, read_file, show_folder, user_file
from narrate.settings.keys import AUTO, BITRATES_KBPS, KEYS, LONGEST_GAP_MS, Key, read_setting, read_value

__all__ = [
    "AUTO",
    "BITRATES_KBPS",
    "KEYS",
    "LONGEST_GAP_MS",
    "SAMPLE_RATES_HZ",
    "SHOW_FILE",
    "Chosen",
    "Key",
    "choose",
    "read_file",
    "read_setting",
    "read_value",
    "show_folder",
    "user_file",
]

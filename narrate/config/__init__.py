"""What a person has chosen, where, and which choice counts.

Command line before ``NARRATE_*`` before script file before ``show.toml`` before the user's own
``config.toml`` before the defaults.
"""

from narrate.config.choosing import SHOW_FILE, Chosen, choose, read_file, show_folder, user_file
from narrate.config.keys import BITRATES_KBPS, KEYS, LONGEST_GAP_MS, SAMPLE_RATES_HZ, Key, read_setting

__all__ = [
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
    "show_folder",
    "user_file",
]

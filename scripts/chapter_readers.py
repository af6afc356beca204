"""What programs of others say of the chapters of an MP3: start, end, title, picture."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

Chapters = list[tuple[int, int, str, bool]]


def output(*command: str, **options: Any) -> str:
    """Run a program and return what it printed, errors too."""
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False, **options
    )
    return bytes(done.stdout).decode(errors="replace")  # mpv marks its own escapes with bytes that are no UTF-8


def ffprobe(path: Path) -> Chapters:
    """Ask ffprobe, which does not tell of pictures."""
    told = json.loads(
        subprocess.run(
            ["ffprobe", "-v", "error", "-show_chapters", "-of", "json", str(path)], check=True, capture_output=True
        ).stdout
    )
    return [
        (one["start"], one["end"], one.get("tags", {}).get("title", ""), False) for one in told["chapters"]
    ]  # time base is milliseconds


def mpv(path: Path) -> Chapters:
    """Ask mpv, which tells starts and titles."""
    form = "--term-playing-msg=LIST=${=chapter-list}"
    said = output("mpv", "--no-config", "--no-video", "--ao=null", "--length=0.1", form, str(path))
    listed = json.loads(said[said.index("LIST=") + len("LIST=") :].partition("\n")[0])
    return [(round(one["time"] * 1000), 0, one["title"], False) for one in listed]


def eyed3(path: Path) -> Chapters:
    """Ask eyeD3, which also tells the table of contents."""
    import eyed3 as library

    library.log.setLevel("ERROR")  # it takes the checksum over as many bytes as a stereo file has
    tag = library.load(path).tag
    chapters = list(tag.chapters)
    contents = list(tag.table_of_contents)
    if chapters:
        told = [(one.toplevel, one.ordered, list(one.child_ids)) for one in contents]
        wanted = [(True, True, [one.element_id for one in chapters])]
        if told != wanted:
            raise ValueError(f"its table of contents is {told}")
    return [(one.times[0], one.times[1], one.title, b"APIC" in one.sub_frames) for one in chapters]


def mutagen(path: Path) -> Chapters:
    """Ask mutagen."""
    from mutagen import id3

    frames = id3.ID3(path, translate=False).getall("CHAP")
    return sorted(
        (one.start_time, one.end_time, str(one.sub_frames["TIT2"].text[0]), bool(one.sub_frames.getall("APIC")))
        for one in frames
    )


def taglib(program: Path, path: Path) -> Chapters:
    """Ask TagLib, which also tells the table of contents."""
    told = json.loads(output(str(program), str(path)))
    ids = [one["id"] for one in told["chapters"]]
    if ids and told["contents"] != [{"top": True, "ordered": True, "children": ids}]:
        raise ValueError(f"its table of contents is {told['contents']}")
    return _listed(told)


def from_npm(folder: Path, kind: str, path: Path) -> Chapters:
    """Ask one of the programs from npm."""
    return _listed(json.loads(output("node", "readers.cjs", kind, str(path), cwd=folder)))


def _listed(told: dict[str, Any]) -> Chapters:
    return [(one["start_ms"], one["end_ms"], one["title"], one["picture"]) for one in told["chapters"]]

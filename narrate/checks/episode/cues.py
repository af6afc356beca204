"""Whether every cue sounds like its text: heard, neither cut nor repeated, not clipped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from narrate.audio.loudness import STEP_S, Energies
from narrate.checks.finding import Finding
from narrate.episode.cue_checks import ADVICE, Measured, hole_s, level_dbfs, oddities
from narrate.model import Voice
from narrate.model.episode import Episode
from narrate.voices.cast import parse_voice, voice_text

MOST_CUES = 50_000  # are judged; ten hours have nine thousand
MOST_FINDINGS = 50
Counts = NDArray[np.uint16]


def cues_heard(episode: Episode, steps: Energies, clipped: Counts, name: str) -> Iterator[Finding]:
    """Compare what is heard of each cue with its text and with its voice.

    Args:
        episode: Read from its manifest.
        steps: K-weighted energies of every 100 ms of the episode.
        clipped: Samples at full scale in every 100 ms.
        name: For the findings.
    """
    found = oddities(list(_measured(episode, steps, clipped)))
    for each in found[:MOST_FINDINGS]:
        yield Finding(None, "error", each.rule, f"{each.message}; {ADVICE}.", name)
    if len(found) > MOST_FINDINGS:
        told = f"{len(found) - MOST_FINDINGS} more cues sound wrong; {ADVICE}."
        yield Finding(None, "error", "cue-more", told, name)


def _measured(episode: Episode, steps: Energies, clipped: Counts) -> Iterator[Measured]:
    rate_hz = episode.sample_rate_hz
    frame = round(rate_hz * STEP_S)
    speakers = {member.speaker: member.as_voice() for member in episode.cast}
    stand_ins = {(each.segment, each.text): _parsed(each.spoken_by) for each in episode.stand_ins}
    heard_to = 0
    for number, cue in enumerate(episode.cues[:MOST_CUES], 1):
        start, end = max(cue.start_sample, heard_to), cue.end_sample
        if end > len(steps) * frame or end < start:
            continue  # cues that lie over each other, or beyond the end, have findings of their own
        heard_to = end
        wanted = speakers.get(cue.speaker, Voice("", "unknown"))
        voice = stand_ins.get((cue.segment, cue.text), wanted)
        # Steps that lie inside; the shortest cue may have none.
        first, last = -(-start // frame), end // frame
        first, last = (first, last) if first < last else (start // frame, -(-end // frame))
        own = steps[first:last]
        yield Measured(
            number,
            cue.text,
            voice_text(voice) if voice.engine else voice.name,
            voice.rate,
            (end - start) / rate_hz,
            level_dbfs(own),
            hole_s(own),
            float(clipped[first:last].sum()) / max((last - first) * frame, 1),
        )


def _parsed(written: str) -> Voice:
    try:
        return parse_voice(written, "")
    except ValueError:
        return Voice("", "unknown")

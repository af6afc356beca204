"""How loud each voice has to be made, so that the whole comes out at its target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from narrate.audio import ffmpeg
from narrate.audio.loudness import STEPS_PER_BLOCK, energies, integrated_lufs, rounded_gain_db
from narrate.model import Sounds, Take, Voice
from narrate.model.settings import Encoding, Target
from narrate.system.cache import Cache, key_of
from narrate.system.cpu import usable_cores

SAMPLE_S = 60  # of each voice, to measure it with the limiter in place
ROUNDS = 8
CODING_HEADROOM_DB = 1.0  # what MP3 coding adds to peaks
PAUSE = bytes(4 * STEPS_PER_BLOCK)
VERSION = 1  # raise when equal takes come to sound different


def before_encoding(target: Target, encoding: Encoding) -> Target:
    """Return what to aim at before encoding, so that the decoded MP3 keeps the target."""
    gain = ffmpeg.encoder_gain_db(encoding)
    return Target(target.loudness_lufs - gain, target.ceiling_dbtp - gain - CODING_HEADROOM_DB)


def gains_for(takes: Sequence[Take], sounds: Sounds, cache: Cache, target: Target) -> dict[Voice, float]:
    """Return the gain in dB that brings each voice to the target.

    Loudness, and what the limiter takes from it, is measured on a minute of takes spread
    evenly over the episode, and corrected by how much louder or softer all of them are.
    """
    by_voice: dict[Voice, list[Take]] = {}
    for take in takes:
        by_voice.setdefault(take.utterance.voice, []).append(take)
    with ThreadPoolExecutor(usable_cores()) as workers:
        gains = workers.map(lambda own: _level(own, sounds, cache, target), by_voice.values())
        return dict(zip(by_voice, gains, strict=True))


def _level(own: Sequence[Take], sounds: Sounds, cache: Cache, target: Target) -> float:
    sample = _sample(own)
    loudness_lufs = _lufs([take.steps for take in own])
    difference = loudness_lufs - _lufs([take.steps for take in sample])
    speech: list[bytes] = []
    gain = rounded_gain_db(target.loudness_lufs - loudness_lufs)  # right where the limiter finds nothing to do
    for _ in range(ROUNDS):
        reached = _loudness_at(gain, sample, speech, sounds, cache, target) + difference
        wanted = rounded_gain_db(gain + target.loudness_lufs - reached)
        if wanted == gain:
            break
        gain = wanted
    return gain


def _lufs(steps: Iterable[bytes]) -> float:
    # The pause after each take counts in the blocks that reach into it.
    return integrated_lufs(np.frombuffer(b"".join(each + PAUSE for each in steps), np.float32))


def _sample(own: Sequence[Take]) -> list[Take]:
    seconds = sum((take.last - take.first) / take.rate_hz for take in own)
    return list(own[:: max(1, int(seconds / SAMPLE_S))])


def _loudness_at(
    gain: float,
    sample: Sequence[Take],
    speech: list[bytes],
    sounds: Sounds,
    cache: Cache,
    target: Target,
) -> float:
    """Return the loudness of a sample with a gain, limited; its speech is read once, and kept for the next rounds."""
    key = key_of("loudness", VERSION, [take.key for take in sample], gain, target.ceiling_dbtp)
    facts = cache.facts(key)
    if facts is None:
        speech += [audible(take, sounds) for take in sample[len(speech) :]]
        limited = (ffmpeg.level(pcm, gain, target.ceiling_dbtp)[0] for pcm in speech)
        measured = (energies(pcm, take.rate_hz).tobytes() for take, pcm in zip(sample, limited, strict=True))
        facts = {"lufs": _lufs(measured)}
        cache.put(key, facts, b"")
    lufs: float = facts["lufs"]
    return lufs


def levelled(take: Take, sounds: Sounds, gain: float, target: Target) -> tuple[bytes, float]:
    """Return a take's audible samples with a gain, limited, and their true peak (linear)."""
    return ffmpeg.level(audible(take, sounds), gain, target.ceiling_dbtp)


def audible(take: Take, sounds: Sounds) -> bytes:
    """Return a take's samples from the first to the last that is heard."""
    return sounds.speech(take).pcm[2 * take.first : 2 * take.last]

"""Whether an MP3 is whole: every frame, the header frame, its length, and how loud it is.

Source:
    ISO/IEC 11172-3 (frames), the Xing and LAME tag layout, ITU-R BS.1770-5, Apple's requirements for audio.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from narrate.audio import ffmpeg, loudness
from narrate.audio.mp3_frames import MONO, SAMPLES_PER_FRAME, SIDE_INFO_MONO_BYTES, FrameHeader, read_header
from narrate.checks.episode.cues import Counts, cues_heard
from narrate.checks.episode.manifest import AGAIN
from narrate.checks.finding import Finding
from narrate.model.episode import Episode
from narrate.model.errors import SoundError

TAG_HEADER_BYTES = 10
INFO_AT = 4 + SIDE_INFO_MONO_BYTES
INFO_BYTES = 4 + 4 + 4 + 4 + 100 + 4  # name, flags, frames, bytes, table, quality: where the LAME part begins
DELAY_AT = 21  # in the LAME part
PIECE_S = 10
LENGTH_TOLERANCE_MS = 2
LOUDNESS_TOLERANCE_LU = 0.5
PEAK_TOLERANCE_DB = 1.0  # what coding noise may add
PEAK_LOSS_DB = 2.0
CEILING_DBTP = -1.0
FULL_SCALE = loudness.HIGHEST / loudness.FULL_SCALE
APPLE_LUFS, APPLE_LU = -16.0, 1.0
BLOCK = 32


@dataclass(frozen=True, slots=True)
class Sound:
    """An MP3 taken apart.

    Attributes:
        tag: The ID3v2 tag in front; empty if there is none.
        frames: Frames of sound, without the header frame.
        length_samples: What a gapless player hears, or None without a header frame that tells it.
    """

    tag: bytes
    frames: int
    length_samples: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a whole episode in one pass.

    Attributes:
        samples: How many are heard.
        steps: K-weighted energies of every 100 ms.
        clipped: Samples at full scale in every 100 ms.
        peak_dbtp: True peak.
    """

    samples: int
    steps: loudness.Energies
    clipped: Counts
    peak_dbtp: float


def take_apart(content: bytes, bitrate_kbps: int, sample_rate_hz: int, path: str) -> tuple[Sound, list[Finding]]:
    """Walk through every frame of an MP3."""
    findings: list[Finding] = []
    position = start = _tag_bytes(content)
    if not start:
        findings.append(_error("tag-missing", f"It begins with no ID3 tag; {AGAIN}.", path))
    count = 0
    odd = ""
    while position < len(content):
        try:
            header = read_header(content[position : position + 4])
        except ValueError:
            findings.append(_error("mp3-garbage", f"There is no MP3 frame at byte {position}; {AGAIN}.", path))
            break
        odd = odd or _oddity(header, content[position + 3], bitrate_kbps, sample_rate_hz)
        position += header.size_bytes
        count += 1
    whole = position == len(content)
    if position > len(content):
        findings.append(_error("mp3-cut", f"The last frame is cut; {AGAIN}.", path))
    if odd:
        findings.append(_error("mp3-frame", f"A frame is {odd}; {AGAIN}.", path))
    length, problem = _length(content[start:], count)
    if problem and whole:
        findings.append(_error("mp3-info", f"{problem}; {AGAIN}.", path))
    return Sound(content[:start], max(count - 1, 0), length), findings


def _tag_bytes(content: bytes) -> int:
    """Return how long the tag in front is."""
    head = content[:TAG_HEADER_BYTES]
    if len(head) < TAG_HEADER_BYTES or not head.startswith(b"ID3") or max(head[6:]) > 0x7F:
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return min(TAG_HEADER_BYTES + size, len(content))


def _oddity(header: FrameHeader, mode: int, bitrate_kbps: int, sample_rate_hz: int) -> str:
    if mode & MONO != MONO:
        return "not mono"
    if header.bitrate_kbps != bitrate_kbps:
        return f"of {header.bitrate_kbps} kbit/s, not {bitrate_kbps}"
    if header.sample_rate_hz != sample_rate_hz:
        return f"of {header.sample_rate_hz} Hz, not {sample_rate_hz}"
    return ""


def _length(stream: bytes, count: int) -> tuple[int | None, str]:
    """Read the header frame: how many samples are heard, and what is wrong with it."""
    body = stream[INFO_AT : INFO_AT + INFO_BYTES + DELAY_AT + 3]
    if body[:4] not in (b"Info", b"Xing") or len(body) < INFO_BYTES + DELAY_AT + 3 or body[7] & 0b111 != 0b111:
        return None, "The first frame is not an Info frame with length and table, so players guess the length"
    frames, size = int.from_bytes(body[8:12], "big"), int.from_bytes(body[12:16], "big")
    if frames != count - 1:
        return None, f"The Info frame tells of {frames} frames and {count - 1} follow"
    if size != len(stream):
        return None, f"The Info frame tells of {size} bytes and there are {len(stream)}"
    gaps = int.from_bytes(body[INFO_BYTES + DELAY_AT :], "big")
    return frames * SAMPLES_PER_FRAME - (gaps >> 12) - (gaps & 0xFFF), ""


def heard(path: Path, name: str, episode: Episode, sound: Sound) -> Iterator[Finding]:
    """Decode a whole episode, and compare its length, loudness and cues with the manifest."""
    rate_hz, duration_ms = episode.sample_rate_hz, episode.duration_ms
    most_s = (sound.frames + 2) * SAMPLES_PER_FRAME / rate_hz
    try:
        measured = _measured(path, rate_hz, most_s, episode.true_peak_dbtp)
    except SoundError as error:
        reason = error.message.rpartition("(")[2].partition(")")[0]
        yield _error("mp3-decode", f"It cannot be decoded without a fault ({reason}); {AGAIN}.", name)
        return
    decoded_ms = measured.samples * 1000 / rate_hz
    if abs(decoded_ms - duration_ms) > LENGTH_TOLERANCE_MS:
        told = f"It lasts {decoded_ms:.0f} ms and the manifest says {duration_ms}; {AGAIN}."
        yield _error("duration", told, name)
    yield from _loudness(measured, episode, name)
    yield from cues_heard(episode, measured.steps, measured.clipped, name)


def _loudness(measured: Measured, episode: Episode, name: str) -> Iterator[Finding]:
    lufs, peak_dbtp = loudness.integrated_lufs(measured.steps), measured.peak_dbtp
    if abs(lufs - episode.loudness_lufs) > LOUDNESS_TOLERANCE_LU:
        told = f"It measures {lufs:.1f} LUFS and the manifest says {episode.loudness_lufs:.1f}; {AGAIN}."
        yield _error("loudness", told, name)
    elif abs(lufs - APPLE_LUFS) > APPLE_LU:
        told = f"It measures {lufs:.1f} LUFS; Apple asks for {APPLE_LUFS:.0f}, plus or minus {APPLE_LU:.0f}."
        yield Finding(None, "warning", "loudness-apple", told, name)
    said = episode.true_peak_dbtp
    if peak_dbtp < said - PEAK_LOSS_DB or (peak_dbtp > said + PEAK_TOLERANCE_DB and peak_dbtp > CEILING_DBTP):
        told = f"Its true peak is {peak_dbtp:.1f} dBTP and the manifest says {said:.1f}; {AGAIN}."
        yield _error("true-peak", told, name)
    elif peak_dbtp > CEILING_DBTP + PEAK_TOLERANCE_DB:
        told = f"Its true peak is {peak_dbtp:.1f} dBTP and distorts in players; render it with a lower level."
        yield Finding(None, "warning", "true-peak-high", told, name)


def _measured(path: Path, rate_hz: int, most_s: float, said_dbtp: float) -> Measured:
    """Decode what is heard once, a piece at a time; what is kept of it grows by six bytes every 100 ms."""
    floor = loudness.PEAK_FLOOR * 10 ** (min(said_dbtp, 0.0) / 20)
    steps, clipped, highest, count = [np.zeros(0, np.float32)], [np.zeros(0, np.uint16)], 0.0, 0
    before = np.zeros(0, np.float32)
    for pcm in ffmpeg.decode(path, most_s, PIECE_S * rate_hz):
        whole = pcm[: len(pcm) // loudness.SAMPLE_BYTES * loudness.SAMPLE_BYTES]
        count += len(whole) // loudness.SAMPLE_BYTES
        steps.append(loudness.energies(whole, rate_hz))
        piece = loudness.to_samples(whole)
        clipped.append(_clipped(piece, len(steps[-1]), rate_hz))
        # Pieces overlap by two blocks, for the wave between samples depends on those around it.
        samples = np.concatenate((before, piece))
        samples = np.pad(samples, (0, -len(samples) % BLOCK))
        peaks = loudness.block_peaks(samples, BLOCK, floor)
        inner = peaks[1:-1] if len(peaks) > 2 else peaks
        highest = max(highest, float(inner.max(initial=0.0)))
        before = samples[-2 * BLOCK :]
    peak_dbtp = 20 * float(np.log10(max(highest, 1e-6)))
    return Measured(count, np.concatenate(steps), np.concatenate(clipped), peak_dbtp)


def _clipped(samples: loudness.Samples, steps: int, rate_hz: int) -> Counts:
    """Count the samples at full scale in every 100 ms."""
    at = np.flatnonzero(np.abs(samples) >= FULL_SCALE) // round(rate_hz * loudness.STEP_S)
    return np.bincount(at, minlength=steps).astype(np.uint16)


def _error(rule: str, message: str, path: str) -> Finding:
    return Finding(None, "error", rule, message, path)

"""Decodes the audio files that services send, checks that they are complete, and shifts pitch."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import replace

from narrate.audio import ffmpeg
from narrate.model import Speech
from narrate.model.errors import EngineUnavailable, SoundError, SynthesisError

LONGEST_S = 900.0  # of sound for one utterance; more is a mistake or an attack
RATES_HZ = (4_000, 192_000)
LEAST_MS = 20.0  # of sound for a letter; people take 60 to 70
FORMANT_SHARE = 0.4  # of a shift in pitch: a throat differs less than a voice
_LETTER = re.compile("[a-zäöüß]", re.IGNORECASE)
_EXTENSIBLE = 0xFFFE  # so ffmpeg calls every WAV above 48 kHz; its coding stands further back
_OPEN_END = 0x7FFF_0000  # a WAV written to a pipe says at least this, or 0, of its length
_CUT = "the answer was cut off or damaged"
# Layer III by the version bits of a frame's header (ISO/IEC 11172-3, 13818-3): sample rates, kbit/s, bytes per kbit/s.
_LOW_KBPS = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_HIGH_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_LAYER_3: dict[int, tuple[tuple[int, int, int], tuple[int, ...], int]] = {
    0: ((11_025, 12_000, 8_000), _LOW_KBPS, 72_000),
    2: ((22_050, 24_000, 16_000), _LOW_KBPS, 72_000),
    3: ((44_100, 48_000, 32_000), _HIGH_KBPS, 144_000),
}


class UnusableSound(Exception):
    """An answer that is not audio, or is incomplete; the text says which."""


def form_of(answer: bytes) -> str | None:
    """Return ffmpeg's name of the format of a sound file by its first bytes, or None for anything else.

    Args:
        answer: The file; playlists, subtitles and other texts have no format here.
    """
    if answer[:4] == b"RIFF" and answer[8:12] == b"WAVE":
        return "wav"
    if answer[:4] == b"fLaC":
        return "flac"
    if answer[:4] == b"OggS":
        return "ogg"
    # A sample of bare PCM can look like the start of an MP3 frame, but no second one stands where that ends.
    size = _frame_bytes(answer, 0)
    if answer[:3] == b"ID3" or (size and (size >= len(answer) or _frame_bytes(answer, size))):
        return "mp3"
    return None


def decoded(answer: bytes, raw_hz: int | None = None) -> Speech:
    """Return the speech in a WAV, MP3, FLAC or Ogg file that is whole.

    Truncation shows where the file gives its length or ends inside a frame, page or sample. It does not show where
    an MP3 without a header frame, or a WAV or FLAC of unknown length, ends exactly between two of them.

    Args:
        answer: The file.
        raw_hz: Sample rate of 16-bit mono PCM, where an answer without a header is that.

    Raises:
        UnusableSound: It is none of these, is cut off, holds nothing or is longer than 15 minutes.
    """
    form = form_of(answer)
    if form is None and raw_hz and not _is_text(answer):
        return _checked(answer, raw_hz)
    if form is None:
        said = answer[:60].decode("utf-8", "replace").strip() if _is_text(answer) else "unknown audio format"
        raise UnusableSound(f"the answer is not audio ({said or 'empty'})")
    if form == "wav":
        return _from_wav(answer)
    cut = {"mp3": _mp3_cut, "flac": _flac_cut, "ogg": _ogg_cut}[form]
    if cut(answer):
        raise UnusableSound(_CUT)
    speech = _from_wav(_converted(answer, form))
    if form == "flac" and len(speech.pcm) // 2 < _flac_samples(answer):
        raise UnusableSound(_CUT)
    return speech


def check_length(speech: Speech, text: str, rate: float = 1.0) -> None:
    """Refuse audio too short for its text: most of it was cut off undetected.

    Args:
        speech: What came back.
        text: What was to be said; only its Latin letters count, a German voice may skip others.
        rate: Speed that was asked for.

    Raises:
        UnusableSound: There is less than 20 ms for a letter.
    """
    if 500 * len(speech.pcm) / speech.rate_hz < LEAST_MS / rate * len(_LETTER.findall(text)):
        raise UnusableSound("the answer is far too short for its text")


def _checked(pcm: bytes, rate_hz: int) -> Speech:
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
        raise UnusableSound(f"the answer has a sample rate of {rate_hz} Hz")
    if not pcm:
        raise UnusableSound("the answer contains no audio")
    if len(pcm) % 2:
        raise UnusableSound(_CUT)
    if len(pcm) / 2 / rate_hz > LONGEST_S:
        raise UnusableSound(f"the answer is longer than {LONGEST_S / 60:.0f} minutes")
    return Speech(pcm, rate_hz)


def _is_text(answer: bytes) -> bool:
    head = answer[:200]
    return all(byte >= 32 or byte in b"\t\r\n" for byte in head)


def _converted(answer: bytes, form: str) -> bytes:
    try:
        return ffmpeg.to_wav(answer, form, LONGEST_S + 1)
    except SoundError as error:
        raise UnusableSound("the audio is damaged") from error


def _from_wav(wav: bytes) -> Speech:
    """Read a WAV of 16-bit mono here, and any other through ffmpeg."""
    layout: tuple[int, ...] = ()
    at = 12
    while at + 8 <= len(wav):
        kind, size = wav[at : at + 4], struct.unpack_from("<I", wav, at + 4)[0]
        at += 8
        if kind == b"data":
            break
        if kind == b"fmt " and len(wav) - at >= 16:
            layout = struct.unpack_from("<HHIIHH", wav, at)
            if layout[0] == _EXTENSIBLE and size >= 26 and len(wav) - at >= 26:
                layout = (*struct.unpack_from("<H", wav, at + 24), *layout[1:])
        at += size + size % 2
    else:
        raise UnusableSound(_CUT)
    if not layout:
        raise UnusableSound("the audio is damaged")
    coding, channels, rate_hz, _, frame_bytes, bits = layout
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:  # before ffmpeg, which would make any of it
        raise UnusableSound(f"the answer has a sample rate of {rate_hz} Hz")
    open_end = not 0 < size < _OPEN_END
    left = len(wav) - at
    if not frame_bytes or (left % frame_bytes if open_end else size > left):
        raise UnusableSound(_CUT)
    if (coding, channels, bits) == (1, 1, 16):
        return _checked(wav[at:] if open_end else wav[at : at + size], rate_hz)
    return _from_wav(_converted(wav, "wav"))


def _frame_bytes(answer: bytes, at: int) -> int:
    """Return the length of the MP3 frame that begins here, or 0 where none does."""
    head = answer[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, kbps, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or kbps in {0, 15} or rate == 3:
        return 0
    rates_hz, table, factor = _LAYER_3[version]
    return factor * table[kbps - 1] // rates_hz[rate] + (head[2] >> 1 & 1)


def _tag_bytes(answer: bytes, at: int) -> int:
    """Return the length of the ID3 tag that begins here, or 0 where none does."""
    if answer[at : at + 3] == b"ID3" and at + 10 <= len(answer):
        size = 0
        for byte in answer[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        return 10 + size
    return 128 if answer[at : at + 3] == b"TAG" else 0


def _mp3_cut(answer: bytes) -> bool:
    """Tell whether an MP3 ends inside a frame, or with fewer frames than its header frame says."""
    at = frames = told = 0
    while at < len(answer):
        size = _frame_bytes(answer, at)
        if size and not frames:
            told = _frames_told(answer[at : at + size])
        frames += bool(size)
        size = size or _tag_bytes(answer, at)
        if not size:
            return any(answer[at:])  # some files end in zeros
        at += size
    return at > len(answer) or frames < told or not frames


def _frames_told(frame: bytes) -> int:
    """Return how many frames a file has by its Xing or Info frame, that one too; 0 where it does not say."""
    found = re.search(rb"(?:Xing|Info)\0\0\0[\1\3\5\7\x09\x0b\x0d\x0f](.{4})", frame[:52], re.DOTALL)
    return int.from_bytes(found[1], "big") + 1 if found else 0


def _flac_samples(answer: bytes) -> int:
    """Return how many samples a FLAC file says it has; 0 where it does not say."""
    return int.from_bytes(answer[21:26], "big") & (1 << 36) - 1


def _flac_cut(answer: bytes) -> bool:
    """Tell whether a FLAC file ends before its first frame, or has a rate that only an attack has.

    Its length is compared when it is decoded.
    """
    return len(answer) <= 42 or int.from_bytes(answer[18:21], "big") >> 4 > RATES_HZ[1]


def _ogg_cut(answer: bytes) -> bool:
    """Tell whether an Ogg file ends inside a page, or in one that is not marked as the last."""
    at, last = 0, 0
    while answer[at : at + 4] == b"OggS" and at + 27 <= len(answer):
        last = answer[at + 5]
        segments = answer[at + 27 : at + 27 + answer[at + 26]]
        at += 27 + answer[at + 26] + sum(segments)
    return at != len(answer) or not last & 4


def shifted(speech: Speech, semitones: float, rate: float = 1.0) -> Speech:
    """Return speech higher or lower, faster or slower, with its marks where the words are then.

    Formants go with the pitch by two fifths of its shift: like another person, not like a
    tape at another speed.

    Args:
        speech: Any.
        semitones: From -12 to 12; 0 changes nothing.
        rate: From 0.5 to 2; 1.0 keeps the length to the sample.

    Raises:
        SynthesisError: ffmpeg cannot do it.
    """
    if not semitones and rate == 1.0:
        return speech
    formant = FORMANT_SHARE * semitones
    try:
        pcm = ffmpeg.shift_pitch(speech.pcm, speech.rate_hz, formant, semitones - formant, rate)
    except SoundError as error:
        raise SynthesisError(f"{error.message} Pitch needs an ffmpeg with rubberband; see 'narrate doctor'.") from error
    size = 2 * max(round(len(speech.pcm) / 2 / rate), 1)
    marks = tuple(replace(mark, start_ms=mark.start_ms / rate, end_ms=mark.end_ms / rate) for mark in speech.marks)
    return Speech(pcm[:size].ljust(size, b"\0"), speech.rate_hz, marks)


def joined(pieces: Sequence[Speech], pause_ms: int) -> Speech:
    """Return speech without marks: the pieces with a pause between them.

    Raises:
        EngineUnavailable: The sample rates differ.
        SynthesisError: There is no piece.
    """
    if not pieces:
        raise SynthesisError("The text has nothing to pronounce; change it.")
    rates = {piece.rate_hz for piece in pieces}
    if len(rates) > 1:
        raise EngineUnavailable("The service changed its sample rate in the middle of a text; use another model.")
    rate_hz = rates.pop()
    pause = bytes(2 * (rate_hz * pause_ms // 1000))
    return Speech(pause.join(piece.pcm for piece in pieces), rate_hz)

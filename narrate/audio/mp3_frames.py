"""MPEG-1 Layer III frames: counting them, and the Info frame that describes them to players.

Parts of an episode are encoded separately and their frames joined, so only we know the total length and the
encoder's delay. Both go into one "Info" frame at the start.

Source:
    ISO/IEC 11172-3 (frame header); the Xing and LAME tag layout as LAME writes it.
"""

from __future__ import annotations

from dataclasses import dataclass

SAMPLES_PER_FRAME = 1152
ENCODER_DELAY_SAMPLES = 576  # LAME's own
BITRATES_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
SAMPLE_RATES_HZ = (44_100, 48_000, 32_000)
MPEG1_LAYER3 = 0xFB  # after the first sync byte; without a checksum
MONO = 0xC0
SIDE_INFO_MONO_BYTES = 17
TOC_ENTRIES = 100
MAX_PADDING_SAMPLES = 0xFFF


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """Properties of one frame; its size includes the header."""

    bitrate_kbps: int
    sample_rate_hz: int
    size_bytes: int


def read_header(head: bytes) -> FrameHeader:
    """Parse the first four bytes of a frame.

    Raises:
        ValueError: This is not an MPEG-1 Layer III frame.
    """
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xFE != MPEG1_LAYER3 & 0xFE:
        raise ValueError("not an MPEG-1 Layer III frame")
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if bitrate in (0, 15) or rate == 3:
        raise ValueError("not an MPEG-1 Layer III frame")
    kbps, hertz = BITRATES_KBPS[bitrate], SAMPLE_RATES_HZ[rate]
    return FrameHeader(kbps, hertz, 144_000 * kbps // hertz + (head[2] >> 1 & 1))


def count_frames(data: bytes) -> int:
    """Count the frames of a stream without tags.

    Raises:
        ValueError: It contains anything but whole frames.
    """
    position = count = 0
    while position < len(data):
        position += read_header(data[position : position + 4]).size_bytes
        count += 1
    if position != len(data):
        raise ValueError("the last frame is truncated")
    return count


def info_frame(frames: int, stream_bytes: int, bitrate_kbps: int, sample_rate_hz: int, padding_samples: int) -> bytes:
    """Build the frame that precedes a constant-bit-rate mono stream.

    It tells every player the length at once, and lets gapless ones cut the encoder's delay and padding, so that
    sample 0 of the source is sample 0 of the playback.

    Args:
        frames: Number of frames that follow.
        stream_bytes: Number of bytes that follow.
        bitrate_kbps: At least 64, so that the tag fits into one frame.
        sample_rate_hz: 32000, 44100 or 48000.
        padding_samples: Samples of padding at the end, 0 to 4095.

    Raises:
        ValueError: A value is out of range.
    """
    if not 0 <= padding_samples <= MAX_PADDING_SAMPLES:
        raise ValueError(f"padding of {padding_samples} samples does not fit into 12 bits")
    rate_bits = BITRATES_KBPS.index(bitrate_kbps) << 4 | SAMPLE_RATES_HZ.index(sample_rate_hz) << 2
    size = 144_000 * bitrate_kbps // sample_rate_hz
    whole = stream_bytes + size
    toc = bytes(255 * entry // TOC_ENTRIES for entry in range(TOC_ENTRIES))
    body = b"\xff" + bytes((MPEG1_LAYER3, rate_bits, MONO)) + bytes(SIDE_INFO_MONO_BYTES)
    body += b"Info" + (0b1111).to_bytes(4, "big")
    body += frames.to_bytes(4, "big") + whole.to_bytes(4, "big") + toc + (0).to_bytes(4, "big")
    body += b"LAME3.100" + b"\x01"  # tag revision 0, method 1: constant bit rate
    body += bytes(10)  # low-pass, replay gain, flags: unknown
    body += min(bitrate_kbps, 255).to_bytes(1, "big")
    body += (ENCODER_DELAY_SAMPLES << 12 | padding_samples).to_bytes(3, "big")
    body += bytes(4) + whole.to_bytes(4, "big") + bytes(2)  # misc, gain, preset; length; no checksum of the audio
    if len(body) + 2 > size:
        raise ValueError(f"{bitrate_kbps} kbit/s is too low for an Info frame")
    return (body + _crc16(body).to_bytes(2, "big")).ljust(size, b"\0")


def _crc16(data: bytes) -> int:
    """Return the CRC-16/ARC that ends the LAME tag."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc

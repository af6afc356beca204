"""An ID3 tag taken apart by hand, as it stands in a file: in which order, and whether its frames add up.

Source:
    id3.org: ID3v2.3.0 and ID3v2.4.0.
"""

from __future__ import annotations

from dataclasses import dataclass

from narrate.episode.tags import HEADER_BYTES

UNSYNCHRONISED, EXTENDED = 0x80, 0x40
C2PA = b"application/c2pa"


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of a tag as it stands in the file."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class RawTag:
    """A tag as it stands in the file.

    Attributes:
        version: 3 or 4, of ID3v2.
        frames: In file order.
        signed: Whether it holds Content Credentials, whose signer writes ID3v2.4.
    """

    version: int
    frames: tuple[Frame, ...]
    signed: bool

    def all(self, name: str) -> list[bytes]:
        """Return the bodies of all frames of a name."""
        return [frame.body for frame in self.frames if frame.name == name]


def raw_tag(content: bytes) -> RawTag | None:
    """Take a tag apart, or return None where its frames do not add up."""
    if len(content) < HEADER_BYTES:
        return None
    version, flags = content[3], content[5]
    if version not in (3, 4) or flags & (UNSYNCHRONISED | EXTENDED):
        return None
    frames, at = [], HEADER_BYTES
    while at + HEADER_BYTES <= len(content) and content[at]:
        size = size_of(content[at + 4 : at + 8], version)
        body = content[at + HEADER_BYTES : at + HEADER_BYTES + size]
        if len(body) != size or not content[at : at + 4].isalnum():
            return None
        frames.append(Frame(content[at : at + 4].decode("latin-1"), body))
        at += HEADER_BYTES + size
    if any(content[at:]):
        return None
    signed = any(frame.name == "GEOB" and C2PA in frame.body[:100] for frame in frames)
    return RawTag(version, tuple(frames), signed)


def size_of(four: bytes, version: int) -> int:
    """Return a size as ID3v2.3 writes it (32 bits) or as ID3v2.4 does (four times 7 bits)."""
    if version == 3:
        return int.from_bytes(four, "big")
    return four[0] << 21 | four[1] << 14 | four[2] << 7 | four[3]

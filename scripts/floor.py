"""The least work possible: one pass of a speech engine over a text, piped into one ffmpeg LAME pass.

``floor.py espeak|pico ARTICLE TARGET``; each engine is imported only where it speaks. Both are encoded at 44.1 kHz and
96 kbit/s, which narrate takes where more than speech is heard.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path
from typing import IO

import imageio_ffmpeg

SYNCHRONOUS, DONT_EXIT, UTF8 = 2, 0x8000, 1
ESPEAK_RATE_HZ, PICO_RATE_HZ = 22_050, 16_000
PICO_SPEED = 1.22  # as narrate has it speak, so that both make as much sound


def main(engine: str, article: Path, target: Path) -> None:
    """Speak an article in one voice into one MP3.

    Args:
        engine: espeak or pico.
        article: Its plain text is spoken, whatever its form.
        target: File to write.
    """
    speak, rate_hz = (pico, PICO_RATE_HZ) if engine == "pico" else (espeak, ESPEAK_RATE_HZ)
    source = ("-f", "s16le", "-ar", str(rate_hz), "-ac", "1", "-i", "pipe:0")
    codec = ("-ar", "44100", "-ac", "1", "-c:a", "libmp3lame", "-b:a", "96k", "-y", str(target))
    ffmpeg = subprocess.Popen([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, *codec], stdin=subprocess.PIPE)
    pipe = ffmpeg.stdin
    assert pipe is not None
    speak(article.read_bytes(), pipe)
    pipe.close()
    if ffmpeg.wait() != 0:
        sys.exit("ffmpeg failed")


def espeak(text: bytes, pipe: IO[bytes]) -> None:
    """Speak a text with espeak-ng; what it has made goes on while it speaks.

    Args:
        text: UTF-8.
        pipe: Where the samples go.
    """
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate_hz = library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), DONT_EXIT)
    assert rate_hz == ESPEAK_RATE_HZ

    def receive(samples: int | None, count: int, events: int | None) -> int:
        if samples and count > 0:
            pipe.write(ctypes.string_at(samples, 2 * count))
        return 0

    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(receive)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(b"de")
    text += b"\0"
    library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 1, 0, UTF8, None, None)
    library.espeak_Synchronize()


def pico(text: bytes, pipe: IO[bytes]) -> None:
    """Speak a text with Pico in one call, which gives all samples at its end.

    Args:
        text: UTF-8.
        pipe: Where the samples go.
    """
    from py_nanotts import NanoTTS

    plain = text.decode().replace("&", " und ").replace("<", " ").replace(">", " ")  # Pico reads them as markup
    pipe.write(NanoTTS().speak(plain, "de-DE", PICO_SPEED))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

"""The least work possible: one espeak-ng pass over a text, piped into one ffmpeg LAME pass."""

import ctypes
import subprocess
import sys
from pathlib import Path

import espeakng_loader
import imageio_ffmpeg

SYNCHRONOUS, DONT_EXIT, UTF8 = 2, 0x8000, 1


def main(article: Path, target: Path) -> None:
    """Speak an article in one voice into one MP3, at narrate's bit rate and sample rate."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate_hz = library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), DONT_EXIT)
    source = ("-f", "s16le", "-ar", str(rate_hz), "-ac", "1", "-i", "pipe:0")
    codec = ("-ar", "44100", "-ac", "1", "-c:a", "libmp3lame", "-b:a", "96k", "-y", str(target))
    ffmpeg = subprocess.Popen([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, *codec], stdin=subprocess.PIPE)
    pipe = ffmpeg.stdin
    assert pipe is not None

    def receive(samples: int | None, count: int, events: int | None) -> int:
        if samples and count > 0:
            pipe.write(ctypes.string_at(samples, 2 * count))
        return 0

    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(receive)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(b"de")
    text = article.read_bytes() + b"\0"
    library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 1, 0, UTF8, None, None)
    library.espeak_Synchronize()
    pipe.close()
    if ffmpeg.wait() != 0:
        sys.exit("ffmpeg failed")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

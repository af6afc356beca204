"""A speech service on 127.0.0.1 over narrate's own espeak-ng and ffmpeg, for programs that only speak to a service.

It answers ``POST /v1/audio/speech`` as OpenAI's and Kokoro's servers do, ``POST /api/tts`` as gopipertts does, and
``GET /v1/audio/voices``. It prints its port, speaks one text at a time, and ends when its standard input does.
"""

from __future__ import annotations

import ctypes
import io
import json
import subprocess
import sys
import threading
import wave
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import espeakng_loader
import imageio_ffmpeg

SYNCHRONOUS, DONT_EXIT, UTF8 = 2, 0x8000, 1
VOICE = "de"
BITRATE, SAMPLE_RATE_HZ = "96k", 44100
MOST_BYTES = 4_000_000


class Voice:
    """espeak-ng in this process, loaded once."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate_hz: int = self._library.espeak_Initialize(SYNCHRONOUS, 0, data, DONT_EXIT)
        self._library.espeak_SetVoiceByName(VOICE.encode())

    def speak(self, text: str, write: Callable[[bytes], object]) -> None:
        """Speak a text; the sound is written piece by piece, as 16-bit mono PCM."""

        def receive(samples: int | None, count: int, events: int | None) -> int:
            if samples and count > 0:
                write(ctypes.string_at(samples, 2 * count))
            return 0

        callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(receive)
        self._library.espeak_SetSynthCallback(callback)
        said = text.encode() + b"\0"
        self._library.espeak_Synth(said, ctypes.c_size_t(len(said)), 0, 1, 0, UTF8, None, None)
        self._library.espeak_Synchronize()

    def wav(self, text: str) -> bytes:
        """Return a text's sound as WAV."""
        file = io.BytesIO()
        with wave.open(file, "wb") as sound:
            sound.setparams((1, 2, self.rate_hz, 0, "NONE", ""))
            self.speak(text, sound.writeframes)
        return file.getvalue()

    def mp3(self, text: str) -> bytes:
        """Return a text's sound as MP3; it is encoded while it is spoken, at narrate's bit rate and sample rate."""
        source = ("-f", "s16le", "-ar", str(self.rate_hz), "-ac", "1", "-i", "pipe:0")
        codec = ("-ar", str(SAMPLE_RATE_HZ), "-ac", "1", "-c:a", "libmp3lame", "-b:a", BITRATE, "-f", "mp3", "pipe:1")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, *codec]
        encoder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        pipe, encoded = encoder.stdin, encoder.stdout
        assert pipe is not None
        assert encoded is not None
        found: list[bytes] = []
        reader = threading.Thread(target=lambda: found.append(encoded.read()))
        reader.start()
        self.speak(text, pipe.write)
        pipe.close()
        reader.join()
        if encoder.wait() != 0:
            raise RuntimeError("ffmpeg failed")
        return found[0]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    voice: Voice

    def do_GET(self) -> None:
        """Answer what voices there are."""
        if self.path == "/v1/audio/voices":
            self._answer(json.dumps({"voices": [VOICE]}).encode(), "application/json")
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """Speak."""
        asked = self._body()
        if asked is None:
            self.send_error(413)
        elif self.path == "/v1/audio/speech":
            self._speak(str(asked["input"]), str(asked.get("response_format", "mp3")))
        elif self.path == "/api/tts":
            self._speak(str(asked["text"]), str(asked.get("outputFormat", "mp3")))
        else:
            self.send_error(404)

    def _body(self) -> dict[str, object] | None:
        length = int(self.headers.get("Content-Length", MOST_BYTES + 1))
        if length > MOST_BYTES:
            return None
        asked: dict[str, object] = json.loads(self.rfile.read(length))
        return asked

    def _speak(self, text: str, kind: str) -> None:
        if kind == "wav":
            self._answer(self.voice.wav(text), "audio/wav")
        else:
            self._answer(self.voice.mp3(text), "audio/mpeg")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the base class
        """Say nothing."""


def main() -> None:
    """Serve until standard input ends."""
    Handler.voice = Voice()
    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)

    def wait() -> None:
        sys.stdin.read()
        server.shutdown()

    threading.Thread(target=wait, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()

"""Speech services on this machine: they speak the real protocols and answer with the tones of ``tones``."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import html
import json
import re
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from narrate.voices.engines.edge import VOICES
from tests.voices.engines.service import DRIP_S, Service, now_and_then, serving
from tests.voices.engines.tones import CHARACTER_MS, mp3, wav

__all__ = [
    "Google",
    "Microsoft",
    "Service",
    "SpeechServer",
    "certificate",
    "google",
    "microsoft",
    "now_and_then",
    "point_edge_at",
    "point_gtts_at",
    "speech_server",
]
WORD = re.compile(r"\w(?:[\w.,:/-]*\w)?")


class Google(Service):
    """Google Translate's speech, as gTTS asks for it."""

    def answer(self, body: bytes, headers: dict[str, str]) -> tuple[str, Callable[[str | None], tuple[int, bytes]]]:
        """Read the form, answer JSON with an MP3 in base64."""
        rpc = json.loads(parse_qs(body.decode())["f.req"][0])[0][0]
        text, language, _, _ = json.loads(rpc[1])
        self.seen.append({"language": language, "headers": headers})

        def made(fault: str | None) -> tuple[int, bytes]:
            sound = mp3(text)
            sound = sound[: len(sound) // 2 + 5] if fault == "short" else sound
            inner = "[]" if fault == "refuse" else json.dumps([base64.b64encode(sound).decode()])
            line = json.dumps([["wrb.fr", rpc[0], inner, None, None, None, "generic"]], separators=(",", ":"))
            return 200, f")]}}'\n\n{line}\n".encode()

        return text, made


class SpeechServer(Service):
    """A server of ``/v1/audio/speech``.

    Attributes:
        make: Makes the sound of a text; a WAV by default.
        content_type: What it calls its sound.
        says: What it says where it fails.
    """

    def __init__(self) -> None:
        super().__init__()
        self.make: Callable[[str], bytes] = wav
        self.content_type = "audio/wav"
        self.says = "no"

    def answer(self, body: bytes, headers: dict[str, str]) -> tuple[str, Callable[[str | None], tuple[int, bytes]]]:
        """Read the JSON, answer the sound."""
        fields = json.loads(body)
        self.seen.append({"fields": fields, "headers": headers})

        def made(fault: str | None) -> tuple[int, bytes]:
            if fault == "refuse" or (fault and fault.isdigit()):
                status = 400 if fault == "refuse" else int(fault)
                return status, json.dumps({"error": {"message": self.says, "code": None}}).encode()
            sound = self.make(fields["input"])
            return 200, sound[: len(sound) // 2 - 1] if fault == "short" else sound

        return fields["input"], made


class Microsoft(Service):
    """Microsoft's read-aloud service, as edge-tts asks it: a socket for each piece of a text, and a list of voices.

    Attributes:
        voices: Names of the voices it lists.
        address: Of the service, without scheme.
    """

    def __init__(self) -> None:
        super().__init__()
        self.voices = [name for name, _, _ in VOICES]
        self.address = ""

    async def serve(self, started: threading.Event) -> None:
        """Serve until the service is stopped."""
        from aiohttp import web

        application = web.Application()
        application.router.add_get("/edge/v1", self._turn)
        application.router.add_get("/voices/list", self._list)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = f"127.0.0.1:{runner.addresses[0][1]}"
        self.url = f"http://{self.address}"
        started.set()
        while not self.stopping.is_set():
            await asyncio.sleep(DRIP_S)
        await runner.cleanup()

    async def _list(self, request: Any) -> Any:
        from aiohttp import web

        with self.request() as number:
            fault = self.fault(number)
        if fault == "garbage":
            return web.Response(text="<html>Nothing to hear</html>")
        if fault:
            return web.Response(status=int(fault))
        gender = {name: "Female" if gender == "f" else "Male" for name, _, gender in VOICES}
        listed = [(name, name[:5], gender.get(name, "Female")) for name in self.voices]
        return web.json_response([{"ShortName": name, "Locale": place, "Gender": kind} for name, place, kind in listed])

    async def _turn(self, request: Any) -> Any:
        from aiohttp import web

        with self.request() as number:
            fault = self.fault(number)
            if fault and fault.isdigit():
                return web.Response(status=int(fault))
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            wanted = json.loads((await socket.receive_str()).partition("\r\n\r\n")[2])
            ssml = (await socket.receive_str()).partition("\r\n\r\n")[2]
            text = html.unescape(re.sub(r"<[^>]+>", "", ssml))
            self.seen.append({"ssml": ssml, "config": wanted["context"]["synthesis"]["audio"]})
            self.requests.append(text)
            if fault == "drop":
                request.transport.abort()
            else:
                with contextlib.suppress(ConnectionError):
                    await self._say(socket, text, fault)
            await socket.close()
            return socket

    async def _say(self, socket: Any, text: str, fault: str | None) -> None:
        await socket.send_str("Path:turn.start\r\n\r\n{}")
        if fault == "garbage":
            await socket.send_str("Nothing to hear")
        while fault in {"slow", "huge"} and not self.stopping.is_set():
            await asyncio.sleep(DRIP_S)
            if fault == "huge":
                await socket.send_bytes(_audio(bytes(1 << 18)))
        sound = mp3(text) if fault != "refuse" else b""
        cuts = {"cut": len(sound) // 2 // 144 * 144, "short": len(sound) // 2 + 5}
        sound = sound[: cuts.get(fault or "", len(sound))]
        for at in range(0, len(sound), 1440):
            await socket.send_bytes(_audio(sound[at : at + 1440]))
        if fault == "cut":
            return
        for word in WORD.finditer(text) if sound else ():
            place = {"Offset": word.start() * CHARACTER_MS * 10_000, "Duration": len(word[0]) * CHARACTER_MS * 10_000}
            told = {"text": {"Text": html.escape(word[0], False), "Length": len(word[0])}}
            boundary = {"Metadata": [{"Type": "WordBoundary", "Data": place | told}]}
            await socket.send_str("Path:audio.metadata\r\n\r\n" + json.dumps(boundary))
        await socket.send_str("Path:turn.end\r\n\r\n{}")


def _audio(sound: bytes) -> bytes:
    head = b"X-RequestId:0\r\nContent-Type:audio/mpeg\r\nPath:audio"
    return struct.pack(">H", len(head) + 2) + head + b"\r\n" + sound


def google(certificate: Path | None = None) -> contextlib.AbstractContextManager[Google]:
    """Run Google's speech; with a certificate, as a proxy that passes itself off as any server."""
    return serving(Google(), certificate)


def speech_server() -> contextlib.AbstractContextManager[SpeechServer]:
    """Run a server of ``/v1/audio/speech``."""
    return serving(SpeechServer())


@contextlib.contextmanager
def microsoft() -> Iterator[Microsoft]:
    """Run Microsoft's service."""
    service, started = Microsoft(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(service.serve(started)))
    thread.start()
    try:
        started.wait()
        yield service
    finally:
        service.stopping.set()
        thread.join()


def certificate(folder: Path) -> Path:
    """Return a throw-away certificate for Google's host, and its key, in one file."""
    path = folder / "certificate.pem"
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1")
    name = ("-subj", "/CN=narrate test", "-addext", "subjectAltName=DNS:translate.google.com")
    command = ["openssl", "req", "-x509", *curve, *name, "-keyout", str(path), "-out", str(folder / "only.pem")]
    subprocess.run(command, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / "only.pem").read_bytes())
    return path


def point_gtts_at(monkeypatch: pytest.MonkeyPatch, server: Google) -> None:
    """Have gTTS ask this server instead of Google; nothing else of it is changed."""
    monkeypatch.setattr("gtts.tts._translate_url", lambda tld="com", path="": f"{server.url}/{path}")


def point_edge_at(monkeypatch: pytest.MonkeyPatch, server: Microsoft) -> None:
    """Have edge-tts ask this server instead of Microsoft; nothing else of it is changed."""
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", f"ws://{server.address}/edge/v1?")
    monkeypatch.setattr("edge_tts.voices.VOICE_LIST", f"{server.url}/voices/list?")

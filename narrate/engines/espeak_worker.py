"""The process that holds libespeak-ng; run as a program, it imports nothing of the project.

libespeak-ng keeps its state for the whole process, aborts under threads, and speaks a
text differently after it has spoken another one. So this process never speaks: for
each request it forks a child that speaks once and ends. Where there is no fork, it
speaks one request itself and ends, and its owner starts another.

Arguments: path of the library, name of the data folder below the working directory
(relative, because libespeak-ng fails on data paths of 160 characters and more), and
``serve`` (fork for each request) or ``once``.

Requests on stdin, one JSON object a line: text, voice, rate_wpm, pitch.
Answers on stdout, frames of one letter, a 32-bit big-endian length, and a body:

- ``H`` hello: the sample rate in Hz, once at the start;
- ``P`` samples: signed 16-bit little-endian;
- ``M`` marks: pairs of 32-bit little-endian numbers, character position (from 1) and sample;
- ``E`` error: a sentence;
- ``Z`` the end of an answer.
"""

import ctypes
import gc
import json
import os
import struct
import sys

SYNCHRONOUS, DONT_EXIT, UTF8 = 2, 0x8000, 1
RATE_PARAMETER, PITCH_PARAMETER = 1, 3
LIST_END, WORD = 0, 1
STDOUT = 1
HEAD_BYTES = 5
FRAME_BYTES = 1 << 15  # three quarters of a second; fewer frames wake the reader less often
# One frame, made before any fork: memory that a child asks for anew costs it more than the speaking.
frame = ctypes.create_string_buffer(HEAD_BYTES + FRAME_BYTES)


class Event(ctypes.Structure):
    """``espeak_EVENT`` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(Event))


def send(kind: bytes, body: bytes = b"") -> None:
    """Write one frame whole; a closed pipe ends the process."""
    write(kind + struct.pack(">I", len(body)) + body)


def write(data: "bytes | memoryview") -> None:
    """Write all of some bytes to the reader."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(STDOUT, rest) :]


def send_samples(size: int) -> None:
    """Write the samples waiting in the frame."""
    struct.pack_into(">cI", frame, 0, b"P", size)
    write(memoryview(frame).cast("B")[: HEAD_BYTES + size])


def speak(library: ctypes.CDLL, request: "dict[str, object]") -> None:
    """Speak one request and send its answer."""
    marks: list[int] = []
    waiting = 0
    start = ctypes.addressof(frame) + HEAD_BYTES

    def receive(samples: "int | None", count: int, events: "ctypes._Pointer[Event]") -> int:
        nonlocal waiting
        index = 0
        while events[index].type != LIST_END:
            if events[index].type == WORD:
                marks.extend((events[index].text_position, events[index].sample))
            index += 1
        if samples is None or count <= 0:
            return 0
        if waiting + 2 * count > FRAME_BYTES:
            send_samples(waiting)
            waiting = 0
        ctypes.memmove(start + waiting, samples, 2 * count)
        waiting += 2 * count
        return 0

    keep_alive = Callback(receive)
    library.espeak_SetSynthCallback(keep_alive)
    text = str(request["text"]).encode() + b"\0"
    result = library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 1, 0, UTF8, None, None)
    if result != 0 or library.espeak_Synchronize() != 0:
        send(b"E", f"espeak-ng refused the text (code {result})".encode())
        return
    send_samples(waiting)
    send(b"M", struct.pack(f"<{len(marks)}i", *marks))
    send(b"Z")


def choose(library: ctypes.CDLL, request: "dict[str, object]") -> bool:
    """Set voice, rate and pitch; tell whether the voice exists."""
    if library.espeak_SetVoiceByName(str(request["voice"]).encode()) != 0:
        send(b"E", f"espeak-ng has no voice '{request['voice']}'".encode())
        return False
    library.espeak_SetParameter(RATE_PARAMETER, request["rate_wpm"], 0)
    library.espeak_SetParameter(PITCH_PARAMETER, request["pitch"], 0)
    return True


def serve(library: ctypes.CDLL) -> None:
    """Answer requests until stdin ends, each in a child of its own.

    The voice is chosen before the fork, because loading it anew in every child costs
    half as much as speaking. Which voices were chosen before leaves no trace in the sound.
    """
    gc.freeze()
    for line in iter(sys.stdin.buffer.readline, b""):
        request = json.loads(line)
        if not choose(library, request):
            continue
        child = os.fork()
        if child == 0:
            try:
                speak(library, request)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != 0:
            send(b"E", f"espeak-ng ended abnormally (status {status})".encode())


def main() -> None:
    """Load the library, say hello, serve."""
    library_path, data_folder, manner = sys.argv[1:4]
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(STDOUT, os.O_BINARY)
    library = ctypes.CDLL(library_path)
    rate_hz = library.espeak_Initialize(SYNCHRONOUS, 0, data_folder.encode(), DONT_EXIT)
    if rate_hz <= 0:
        send(b"E", b"espeak-ng does not find its data")
        return
    send(b"H", str(rate_hz).encode())
    if manner == "serve":
        serve(library)
    elif line := sys.stdin.buffer.readline():
        request = json.loads(line)
        if choose(library, request):
            speak(library, request)


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)

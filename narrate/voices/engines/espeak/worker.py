"""The process that holds libespeak-ng; run as a program, it imports nothing of the project.

libespeak-ng keeps its state for the whole process and aborts under threads. What it says
depends on memory it never wrote: on what was said before, and on any allocation made
before. So every text is spoken by a child that is forked from a process which has never
spoken and whose memory is always the same:

    root        loads the library; then reads single bytes and forks, nothing else
    └─ holder   one for each voice: reads the voice, chooses it; then forks, nothing else
       └─ child one for each text: reads the text, speaks it, ends

Where there is no fork, the process chooses one voice, speaks one text and ends, and its
owner starts another.

Arguments: path of the library, name of the data folder below the working directory
(relative, because libespeak-ng fails on data paths of 160 characters and more), and
``serve`` or ``once``.

On stdin: a byte 255 and a message (voice, rate_wpm and pitch as JSON) make a new holder;
a byte n and a message (the text) ask holder n to speak. A message is a 32-bit big-endian
length and a body in UTF-8. With ``once`` the same two come one after the other, no more.

On stdout: frames of one letter, a 32-bit big-endian length, and a body:

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
from collections.abc import Callable

SYNCHRONOUS, DONT_EXIT = 2, 0x8000
UTF8, PHONEMES = 1, 0x100
RATE_PARAMETER, PITCH_PARAMETER = 1, 3
LIST_END, WORD = 0, 1
STDIN, STDOUT = 0, 1
NEW_HOLDER = 255
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


SynthCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(Event))


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


def read(size: int) -> bytes:
    """Read just so many bytes; the end of stdin ends the process."""
    data = b""
    while len(data) < size:
        part = os.read(STDIN, size - len(data))
        if not part:
            os._exit(0)
        data += part
    return data


def message() -> bytes:
    """Read one message."""
    return read(int.from_bytes(read(4), "big"))


def speak(library: ctypes.CDLL) -> None:
    """Read a text, speak it, and send the answer."""
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

    keep_alive = SynthCallback(receive)
    library.espeak_SetSynthCallback(keep_alive)
    text = message() + b"\0"
    flags = UTF8 | PHONEMES  # [[mnemonics]] are spoken; all other text sounds the same with it as without
    result = library.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 1, 0, flags, None, None)
    if result != 0 or library.espeak_Synchronize() != 0:
        send(b"E", f"espeak-ng refused the text (code {result})".encode())
        return
    send_samples(waiting)
    send(b"M", struct.pack(f"<{len(marks)}i", *marks))
    send(b"Z")


def choose(library: ctypes.CDLL) -> None:
    """Read a voice and set it, with its rate and pitch; end if there is no such voice."""
    wanted = json.loads(message())
    if library.espeak_SetVoiceByName(wanted["voice"].encode()) != 0:
        send(b"E", f"espeak-ng has no voice '{wanted['voice']}'".encode())
        os._exit(1)
    library.espeak_SetParameter(RATE_PARAMETER, wanted["rate_wpm"], 0)
    library.espeak_SetParameter(PITCH_PARAMETER, wanted["pitch"], 0)


def forked(work: "Callable[[], None]") -> int:
    """Do some work in a child; return the child's number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def hold(library: ctypes.CDLL, asked: int, done: int) -> None:
    """Choose a voice, then fork a child for each byte that comes; tell when each is through."""
    choose(library)
    os.write(done, b".")
    while os.read(asked, 1):
        _, status = os.waitpid(forked(lambda: speak(library)), 0)
        if status != 0:
            # Its answer may be cut anywhere: only the end of the stream is unambiguous.
            os._exit(1)
        os.write(done, b".")


def serve(library: ctypes.CDLL) -> None:
    """Make holders and pass on what is asked of them, until stdin or a holder ends."""
    holders: list[tuple[int, int]] = []
    gc.freeze()
    while True:
        number = read(1)[0]
        if number == NEW_HOLDER:
            holders.append(new_holder(library))
            number = len(holders) - 1
        else:
            os.write(holders[number][0], b".")
        if not os.read(holders[number][1], 1):
            return


def new_holder(library: ctypes.CDLL) -> "tuple[int, int]":
    """Fork a holder; return the pipes to ask it and to hear that it is done."""
    asked, ask = os.pipe()
    done, tell = os.pipe()

    def work() -> None:
        os.close(ask)
        os.close(done)
        hold(library, asked, tell)

    forked(work)
    os.close(asked)
    os.close(tell)
    return ask, done


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
    else:
        read(1)
        choose(library)
        read(1)
        speak(library)


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)

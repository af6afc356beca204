"""The process that holds libttspico; run as a program, it imports nothing of the project.

What Pico says depends on memory that it never wrote, and it keeps state from text to text. But all its
memory is one block that its caller gives it. So the block starts as zeros, is copied once the voice is
loaded, and is put back before each text: equal texts then give equal samples, after any number of others.

Word times come out of Pico itself: a ``<mark>`` in the text travels through all its stages and leaves the last
one between the frames of sound where the word begins. Its published interface drops marks at the very end, so the
worker takes the last stage's output itself, as ``pico_getData`` does. Where in the engine's handle this lies is
the same in every build since 2009, and the handle's magic number is checked before anything else is read.

Arguments: path of the library, the longest a text may take in seconds, and ``serve`` or ``once``. The process runs
in the folder of the language files, since Pico takes short paths only. With ``once`` the library is the
extension module of py-nanotts, whose one function is all that Windows can see of it: one text, without marks.

On stdin: texts with Pico's tags, each a 32-bit big-endian length and a body in UTF-8.

On stdout: the frames of ``espeak_worker``; a mark is the number that names it, and a sample.
"""

import ctypes
import os
import signal
import struct
import sys

RATE_HZ = 16_000
MEMORY_BYTES = 2_500_000  # as pico2wave gives it
LANGUAGE_FILES = ("de-DE_ta.bin", "de-DE_gl0_sg.bin")
VOICE = b"German"
NAME_BYTES = 200
MOST_BYTES_PUT = 30_000  # of a signed 16-bit count
ITEM_BYTES = 512  # 255 and a head of 4 at most
LONGEST_PER_BYTE = 4_800  # bytes of sound for each of text and tags: 0.15 s
IDLE, ERROR = 1, 0  # of picodata_step_result_t
MAGIC = 0x5069436F
CONTROL, OUTPUT, STEP = 4, 6, 1  # places in picoctrl_engine and picodata_processing_unit, in pointers
FRAME, COMMAND, MARKER, BOUNDARY = b"f"[0], b"c"[0], b"m"[0], b"b"[0]
HEAD_BYTES = 4
END_OF_SENTENCE = -1  # the name of a mark that no word has
STDIN, STDOUT = 0, 1


class Refused(Exception):
    """Pico cannot do what it was asked to; the text says what."""


class Endless(Exception):
    """Pico says the same again and again, as it does where a sentence has too many marks."""


class Pico:
    """A German voice in memory that is the same before each text."""

    def __init__(self, path: str) -> None:
        self._library = library = ctypes.CDLL(path)
        self._memory = ctypes.create_string_buffer(MEMORY_BYTES)
        system = ctypes.c_void_p()
        self._check(library.pico_initialize(self._memory, MEMORY_BYTES, ctypes.byref(system)))
        self._check(library.pico_createVoiceDefinition(system, VOICE))
        for file in LANGUAGE_FILES:
            resource, name = ctypes.c_void_p(), ctypes.create_string_buffer(NAME_BYTES)
            self._check(library.pico_loadResource(system, file.encode(), ctypes.byref(resource)))
            self._check(library.pico_getResourceName(system, resource, name))
            self._check(library.pico_addResourceToVoiceDefinition(system, VOICE, name))
        self._engine = ctypes.c_void_p()
        self._check(library.pico_newEngine(system, VOICE, ctypes.byref(self._engine)))
        address = int(self._engine.value or 0)
        if ctypes.c_uint32.from_address(address).value != (address & 0xFFFFFFFF) ^ MAGIC:
            raise Refused("This build of Pico is not known")
        self._control = pointer(address, CONTROL)
        self._output = ctypes.c_void_p(pointer(address, OUTPUT))
        step = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int16, ctypes.POINTER(ctypes.c_uint16))
        self._step = step(pointer(self._control, STEP))
        self._fresh = ctypes.string_at(self._memory, MEMORY_BYTES)

    def _check(self, status: int) -> None:
        if status != 0:
            raise Refused(f"Pico does not find its German data (code {status})")

    def speak(self, text: bytes) -> "tuple[bytearray, list[int]]":
        """Speak one text; return its samples, and pairs of a mark's number and a sample."""
        try:
            return self._spoken(text)
        except Endless:
            before, *behind = text.split(b"<mark")
            return self._spoken(b"".join([before, *(part.partition(b">")[2] for part in behind)]))

    def _spoken(self, text: bytes) -> "tuple[bytearray, list[int]]":
        ctypes.memmove(self._memory, self._fresh, MEMORY_BYTES)
        pcm = bytearray()
        marks: list[int] = []
        most_bytes = 2 * RATE_HZ + LONGEST_PER_BYTE * len(text)
        sent, text = ctypes.c_int16(), text + b"\0"
        while text:
            part = text[:MOST_BYTES_PUT]
            if self._library.pico_putTextUtf8(self._engine, part, len(part), ctypes.byref(sent)) != 0 or sent.value < 1:
                raise Refused("Pico refused the text")
            text = text[sent.value :]
            self._drain(pcm, marks, most_bytes)
        return pcm, marks

    def _drain(self, pcm: bytearray, marks: "list[int]", most_bytes: int) -> None:
        """Let Pico work until it wants more text."""
        step, control, output, get = self._step, self._control, self._output, self._library.picodata_cbGetItem
        made, length = ctypes.c_uint16(), ctypes.c_uint16()
        made_at, length_at = ctypes.byref(made), ctypes.byref(length)
        item = ctypes.create_string_buffer(ITEM_BYTES)
        while True:
            state = step(control, 0, made_at)
            if state == ERROR:
                raise Refused("Pico failed in the middle of the text")
            while made.value and get(output, item, ITEM_BYTES, length_at) == 0 and length.value:
                got = item.raw[: length.value]
                if got[0] == FRAME:
                    pcm += got[HEAD_BYTES:]
                elif got[0] == COMMAND and got[1] == MARKER:
                    marks += [int(got[HEAD_BYTES:]), len(pcm) // 2]
                elif got[0] == BOUNDARY and pcm:
                    marks += [END_OF_SENTENCE, len(pcm) // 2]
            if state == IDLE:
                return
            if len(pcm) > most_bytes:
                raise Endless


def pointer(address: int, place: int) -> int:
    """Return the pointer that stands so many pointers behind an address."""
    return int(ctypes.c_void_p.from_address(address + place * ctypes.sizeof(ctypes.c_void_p)).value or 0)


def send(kind: bytes, body: "bytes | bytearray" = b"") -> None:
    """Write one frame whole; a closed pipe ends the process."""
    rest = memoryview(kind + struct.pack(">I", len(body)) + body)
    while rest:
        rest = rest[os.write(STDOUT, rest) :]


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


def limit(seconds: float) -> None:
    """End the process after so long; Pico never ends over some texts, and looks at nothing meanwhile."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def serve(path: str, seconds: float) -> None:
    """Speak texts until stdin ends."""
    pico = Pico(path)
    send(b"H", str(RATE_HZ).encode())
    while True:
        text = message()
        limit(seconds)
        try:
            pcm, marks = pico.speak(text)
        except Refused:
            pcm, marks = bytearray(), []  # an answer without sound
        finally:
            limit(0)
        send(b"P", pcm)
        send(b"M", struct.pack(f"<{len(marks)}i", *marks))
        send(b"Z")


def once(path: str, seconds: float) -> None:
    """Speak one text by the function of the extension module."""
    from importlib.machinery import ExtensionFileLoader
    from importlib.util import module_from_spec, spec_from_loader

    spec = spec_from_loader("_nanotts", ExtensionFileLoader("_nanotts", path))
    if spec is None or spec.loader is None:
        raise Refused("The extension module of py-nanotts cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    send(b"H", str(RATE_HZ).encode())
    text = message().decode("utf-8", "replace")
    limit(seconds)
    pcm = module.speak(text=text, voice="de-DE", lingware_path=".")
    limit(0)
    send(b"P", pcm)
    send(b"Z")


def main() -> None:
    """Load the library, say hello, speak."""
    path, seconds, manner = sys.argv[1:4]
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(STDIN, os.O_BINARY)
        msvcrt.setmode(STDOUT, os.O_BINARY)
    try:
        (serve if manner == "serve" else once)(path, float(seconds))
    except (Refused, AttributeError, ImportError, OSError, RuntimeError) as error:
        send(b"E", (str(error) or type(error).__name__).encode())


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)

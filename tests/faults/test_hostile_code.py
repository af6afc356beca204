"""What narrate's own code never does, how it calls ffmpeg, and where keys are never found."""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.cli.test_main import ARTICLE, command
from tests.episode.signing.certificates import Authority, key_pem
from tests.voices.engines.service import serving
from tests.voices.engines.services import SpeechServer

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "narrate").rglob("*.py"))
NEVER = {
    "pickle",
    "cPickle",
    "dill",
    "marshal",
    "shelve",
    "telnetlib",
    "ftplib",
    "code",
    "xmlrpc",
    "xml.etree",
    "xml.dom",
}
CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "os.spawnv", "tempfile.mktemp", "yaml.load", "yaml.full_load",
         "yaml.unsafe_load", "subprocess.getoutput", "subprocess.getstatusoutput", "jinja2.Environment.from_string"}  # fmt: skip
STARTERS = {
    "audio/ffmpeg.py",
    "batch/process.py",
    "voices/engines/programs.py",
    "voices/engines/worker_process.py",
    "cli/say.py",
}
FOREIGN = {
    "voices/engines/espeak/worker.py",
    "voices/engines/pico/worker.py",
    "system/cpu.py",
}  # may call C: engines, and mallopt
KEY = "sk-streng-geheim-4711-XYZ"
PASSPHRASE = "Passwort-streng-geheim-0815"  # noqa: S105 - of this test


def name_of(node: ast.expr) -> str:
    """Return a dotted name as it is written, empty for anything else."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def place(path: Path) -> str:
    """Return where a module lies below narrate."""
    return path.relative_to(ROOT / "narrate").as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_no_code_is_made_of_data(path: Path) -> None:
    """No eval, exec, pickle, yaml.load, shell or predictable temporary name; programs are started in five modules."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            for name in names:
                assert name not in NEVER and not name.startswith(("xml.etree", "xml.dom", "pickle."))
                assert name != "subprocess" or place(path) in STARTERS
                assert name != "ctypes" or place(path) in FOREIGN
        if isinstance(node, ast.Call):
            assert name_of(node.func) not in CALLS
            for keyword in node.keywords:
                assert keyword.arg != "shell" or getattr(keyword.value, "value", None) is False
                assert keyword.arg != "verify" or name_of(node.func).startswith("self")
                assert keyword.arg != "allow_pickle"
            if name_of(node.func).startswith("subprocess.") and node.args:
                assert isinstance(node.args[0], ast.List | ast.Name), "a command is a list"


@pytest.mark.slow
def test_ffmpeg_is_told_what_it_reads(tmp_path: Path) -> None:
    """Rows 22 to 24: every call has a protocol whitelist, the format and a file: or pipe: name, and reads no ffmetadata."""
    import imageio_ffmpeg

    from tests.audio.test_sound_files import make

    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "-evil.mp3").write_bytes(make(tmp_path / "ton.mp3").read_bytes())
    spy = tmp_path / "ffmpeg"
    log = tmp_path / "log"
    real = imageio_ffmpeg.get_ffmpeg_exe()
    spy.write_text(f"#!{sys.executable}\nimport os, sys\nopen({str(log)!r}, 'a').write(repr(sys.argv[1:]) + '\\n')\n"
                   f"os.execv({real!r}, [{real!r}, *sys.argv[1:]])\n")  # fmt: skip
    spy.chmod(spy.stat().st_mode | stat.S_IXUSR)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "IMAGEIO_FFMPEG_EXE": str(spy)}
    for more in (["render", "a.txt", "-o", "out", "-q", "--set", "music.intro=-evil.mp3"], ["verify", "out"]):
        done = subprocess.run(
            command(*more), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
    calls = [ast.literal_eval(line) for line in log.read_text().splitlines()]
    reading = [call for call in calls if "-i" in call]
    assert len(reading) >= 3
    for call in reading:
        at = call.index("-i")
        before = call[:at]
        assert before[before.index("-protocol_whitelist") + 1] in {"file", "pipe"}
        assert "-f" in before
        assert call[at + 1].startswith(("file:/", "pipe:0"))
        assert "-nostdin" in before
        assert call[-1] == "pipe:1"
        assert "ffmetadata" not in call and "-metadata" not in call
        assert "-t" in call or call[at + 1] == "pipe:0"


def holding(folders: list[Path], secret: str) -> list[Path]:
    """Return every file that holds a secret, in any common encoding."""
    forms = [secret.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    return [path for path in files if any(form in path.read_bytes() for form in forms)]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [None, "401", "403", "400", "500", "garbage", "refuse"])
def test_a_key_is_in_no_file_and_no_message(tmp_path: Path, fault: str | None) -> None:
    """A server's key and the passphrase of the signer are in no output, cache, log, manifest or message."""
    key = ec.generate_private_key(ec.SECP256R1())
    signer = Authority(tmp_path).signer(key)
    (tmp_path / "locked.pem").write_bytes(key_pem(key, PASSPHRASE.encode()))
    out, cache = tmp_path / "out", tmp_path / "cache"
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    service = SpeechServer()
    service.faults = [fault] * 50
    service.says = f"Incorrect API key provided: {KEY}"
    with serving(service) as running:
        environment = os.environ | {
            "PYTHONPATH": str(ROOT), "OPENAI_API_KEY": KEY, "NARRATE_SIGN_PASSPHRASE": PASSPHRASE,
            "NARRATE_CACHE_DIR": str(cache), "NARRATE_ENGINES_OPENAI_BASE_URL": f"{running.url}/v1",
            "NARRATE_ENGINES_OPENAI_FIRST_WAIT_S": "0.01",
        }  # fmt: skip
        more = ["--fallback", "espeak"] if fault else ["--sign", str(signer.chain), "--sign-key", "locked.pem"]
        done = subprocess.run(
            command("render", "a.txt", "-o", "out", "-v", "--json", "--engine", "openai", *more),
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        asked = [seen for seen in service.seen if KEY in str(seen)]
        shown = subprocess.run(
            command("config", "show", "--origin"),
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert asked, "the server was given the key"
    for secret in (KEY, PASSPHRASE):
        assert secret not in done.stdout + done.stderr + shown.stdout + shown.stderr
        assert KEY[3:20] not in done.stdout + done.stderr
        assert holding([out, cache], secret) == []

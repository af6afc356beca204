"""``narrate verify`` as a newsroom runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from narrate.checks.finding import Finding
from narrate.cli.verify import verify
from narrate.model.errors import InputMissing, InputUnreadable

FOUND = [
    Finding(None, "error", "file-missing", "It is not there; render the episode again.", "a.mp3"),
    Finding(7, "warning", "url-https", "It is not encrypted; serve it under https."),
    Finding(None, "note", "file-unexpected", "narrate did not make it; remove it.", "x.doc"),
]


def run(monkeypatch: pytest.MonkeyPatch, findings: list[Finding], *arguments: str) -> tuple[Result, dict[str, Any]]:
    """Run the command over findings; return what it printed, and what it was asked."""
    asked: dict[str, Any] = {}

    def find(path: Path, anchors: Path | None, require_signature: bool) -> list[Finding]:
        asked.update(path=path, anchors=anchors, require_signature=require_signature)
        return findings

    monkeypatch.setattr("narrate.checks.episode.verify.verify", find)
    return CliRunner(mix_stderr=False).invoke(verify, list(arguments)), asked


def test_a_line_a_finding_and_a_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finding is one line with its file; the summary goes to stderr; an error ends with 65."""
    done, asked = run(monkeypatch, FOUND, "folge")
    assert done.exit_code == 65
    assert done.stdout.splitlines() == [str(finding) for finding in FOUND]
    assert done.stdout.splitlines()[1].startswith("feed.xml:7: warning: It is not encrypted")
    assert done.stderr == "narrate: 1 error, 1 warning.\n"
    assert asked == {"path": Path("folge"), "anchors": None, "require_signature": False}


def test_quiet_prints_errors_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """With -q only errors are printed, and no summary."""
    done, _ = run(monkeypatch, FOUND, "folge", "-q")
    assert done.stdout == f"{FOUND[0]}\n"
    assert done.stderr == ""


def test_warnings_and_notes_are_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an error the command ends with 0."""
    done, _ = run(monkeypatch, FOUND[1:], "folge")
    assert done.exit_code == 0
    assert done.stderr == "narrate: 0 errors, 1 warning.\n"


def test_json_tells_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --json one object holds the counts and every finding; the exit code stays."""
    done, _ = run(monkeypatch, FOUND, "folge", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["schema_version"], told["errors"], told["warnings"]) == (65, 1, 1, 1)
    assert told["findings"] == [finding.facts() for finding in FOUND]


def test_signature_options_are_handed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """--trust and --require-signature reach the check; a missing PEM is refused."""
    pem = tmp_path / "root.pem"
    pem.touch()
    _, asked = run(monkeypatch, [], "folge", "--require-signature", "--trust", str(pem))
    assert asked == {"path": Path("folge"), "anchors": pem, "require_signature": True}
    refused, _ = run(monkeypatch, [], "folge", "--trust", str(tmp_path / "none.pem"))
    assert refused.exit_code == 2


def test_missing_and_foreign_folders_have_their_codes(tmp_path: Path) -> None:
    """A missing path ends with 66, a folder that is no episode with 65."""
    for path, failure, code in ((tmp_path / "x", InputMissing, 66), (tmp_path, InputUnreadable, 65)):
        error = CliRunner().invoke(verify, [str(path)]).exception
        assert isinstance(error, failure)
        assert error.exit_code == code

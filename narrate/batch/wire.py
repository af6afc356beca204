"""Run options and articles as JSON, on the way to another process."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from narrate.pipeline import ArticleJob, RunOptions
from narrate.reading import Reading


def pack_run_options(run_options: RunOptions) -> str:
    """Return run options as one line of JSON."""
    facts = asdict(run_options)
    facts["lexicons"] = [[engine, voice, str(path)] for engine, voice, path in run_options.lexicons]
    facts |= {"show": _text(run_options.show), "output": _text(run_options.output)}
    return json.dumps(facts, ensure_ascii=True)


def unpack_run_options(line: str) -> RunOptions:
    """Return the run options of :func:`pack_run_options`."""
    facts = json.loads(line)
    facts["reading"] = Reading(**facts["reading"])
    facts["lexicons"] = tuple((engine, voice, Path(path)) for engine, voice, path in facts["lexicons"])
    facts |= {"show": _path(facts["show"]), "output": _path(facts["output"])}
    return RunOptions(**facts)


def pack_article_job(article_job: ArticleJob) -> str:
    """Return an article as one line of JSON."""
    facts = asdict(article_job)
    if article_job.content is not None:
        facts["content"] = base64.b64encode(article_job.content).decode()
    if article_job.published is not None:
        facts["published"] = article_job.published.isoformat()
    return json.dumps(facts, ensure_ascii=True)


def unpack_article_job(line: str) -> ArticleJob:
    """Return the article of :func:`pack_article_job`."""
    facts: dict[str, Any] = json.loads(line)
    if facts["content"] is not None:
        facts["content"] = base64.b64decode(facts["content"])
    if facts["published"] is not None:
        facts["published"] = date.fromisoformat(facts["published"])
    return ArticleJob(**facts)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)

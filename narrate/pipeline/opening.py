"""From an article to its script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

from narrate.pipeline.options import ArticleJob
from narrate.reading import Reading, read_article, read_content
from narrate.reading.source import Format, is_address, read_file
from narrate.script import write_script
from narrate.script.script_file import SUFFIX, ScriptFile, read_script_file


def open_script(article_job: ArticleJob, how: Reading) -> ScriptFile:
    """Return the script of an article, or the one in a script file with its voices.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused, StorageError: It cannot be read.
    """
    source = article_job.source
    if article_job.content is None and source.endswith(SUFFIX) and not is_address(source):
        return read_script(Path(source), how.max_bytes)
    how = replace(how, format=cast(Format, article_job.format)) if article_job.format else how
    if article_job.content is None:
        article = read_article(source, how=how)
    else:
        article = read_content(article_job.content, how, source, "utf-8", article_job.url)
    article = replace(
        article,
        title=article_job.title or article.title,
        author=article_job.author or article.author,
        url=article_job.url or article.url,
    )
    return ScriptFile(write_script(article), {})


def read_script(path: Path, largest_bytes: int) -> ScriptFile:
    """Read a script file."""
    return read_script_file(read_file(path, largest_bytes), str(path))

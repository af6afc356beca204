"""From an assignment to its script."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

from narrate.pipeline.options import Assignment
from narrate.reading import Reading, read_article, read_content
from narrate.reading.source import Format, is_address, read_file
from narrate.script import write_script
from narrate.script.script_file import SUFFIX, ScriptFile, read_script_file


def open_script(assignment: Assignment, how: Reading) -> ScriptFile:
    """Return the script of an article, or the one in a script file with its voices.

    Args:
        assignment: Which article.
        how: How to read it.

    Raises:
        InputMissing, InputUnreadable, PermissionRefused, StorageError: It cannot be read.
    """
    source = assignment.source
    if assignment.content is None and source.endswith(SUFFIX) and not is_address(source):
        return read_script(Path(source), how.max_bytes)
    how = replace(how, format=cast(Format, assignment.format)) if assignment.format else how
    if assignment.content is None:
        article = read_article(source, how=how)
    else:
        article = read_content(assignment.content, how, source, "utf-8", assignment.url)
    article = replace(
        article,
        title=assignment.title or article.title,
        author=assignment.author or article.author,
        url=assignment.url or article.url,
    )
    return ScriptFile(write_script(article), {})


def read_script(path: Path, largest_bytes: int) -> ScriptFile:
    """Read a script file.

    Args:
        path: ``NAME.script.toml``.
        largest_bytes: What is larger is refused.
    """
    return read_script_file(read_file(path, largest_bytes), str(path))

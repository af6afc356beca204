"""What the user sees while an episode is rendered: on stderr, and only on a terminal."""

from __future__ import annotations

from types import TracebackType

from narrate.model import Script, Utterance

STAGES = {"speak": "Speaking", "encode": "Encoding"}


class Bar:
    """A progress bar by chapter and segment."""

    def __init__(self, script: Script) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        self._titles = [section.heading or script.title for section in script.sections]
        self._segments = sum(len(section.segments) for section in script.sections)
        self._total = 0
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._tasks = {stage: self._progress.add_task(label, total=None) for stage, label in STAGES.items()}

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, stage: str, done: int, total: int, utterance: Utterance | None) -> None:
        """Show how far a stage has come, and in which chapter and segment."""
        self._total = total or self._total
        label = STAGES[stage]
        if utterance is not None:
            segment = f", segment {utterance.segment + 1}/{self._segments}" if utterance.segment is not None else ""
            label += f"  chapter {utterance.chapter + 1}/{len(self._titles)}{segment}"
        self._progress.update(self._tasks[stage], completed=done, total=self._total, description=label)

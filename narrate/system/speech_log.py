"""What speaking came to, one record a segment: which voice, how long, how many sentences were remembered."""

from __future__ import annotations

from narrate.model import Utterance
from narrate.system import log


class SpeechLog:
    """Writes a record at debug for each segment that has been spoken; nothing is kept where nobody reads them."""

    def __init__(self) -> None:
        self._wanted = log.wants("debug")
        self._took: dict[int, tuple[float, bool]] = {}
        self._segment: list[Utterance] = []

    def spoken(self, utterance: Utterance, seconds: float, remembered: bool) -> None:
        """Note how an utterance was had; from any thread."""
        if self._wanted:
            self._took[id(utterance)] = seconds, remembered

    def ended(self, utterance: Utterance | None) -> None:
        """Go on to an utterance, in their order; a segment that lies before it is written.

        Args:
            utterance: That has been spoken, or None at the end.
        """
        if not self._wanted:
            return
        last = self._segment[-1] if self._segment else None
        if last and (utterance is None or _part(utterance) != _part(last)):
            self._write(last)
            self._segment = []
        if utterance is not None:
            self._segment.append(utterance)

    def _write(self, last: Utterance) -> None:
        took = [self._took.pop(id(one)) for one in self._segment if id(one) in self._took]
        hits = sum(remembered for _, remembered in took)
        log.event(
            "debug", "segment", stage="speak", segment=last.segment, chapter=last.chapter, role=last.role,
            engine=last.voice.engine, voice=last.voice.name, sentences=len(self._segment),
            characters=sum(len(one.text) for one in self._segment), seconds=round(sum(one for one, _ in took), 4),
            cache_hit=hits == len(self._segment), cache_hits=hits,
        )  # fmt: skip


def _part(utterance: Utterance) -> tuple[object, ...]:
    return utterance.chapter, utterance.segment, utterance.role, utterance.voice

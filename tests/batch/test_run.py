"""How a run hands out, counts, tries again and gives up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from narrate.batch.intake import Intake, Turn
from narrate.batch.ledger import FAILED, FOLDER, Ledger
from narrate.batch.run import MOST_ALIKE, Summary, run
from narrate.model.errors import InputUnreadable, ServiceBusy
from narrate.model.show import Site
from narrate.pipeline import ArticleJob
from narrate.pipeline.result import Result, failed
from narrate.show.folder import ShowFolder
from narrate.system.cache import Cache
from tests.show.shows import make_show

Work = Callable[[ArticleJob], Result]


class Hand:
    """A crew of one, whose work is a function."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def work(self, intake: Intake) -> Iterator[tuple[ArticleJob, Result]]:
        """Do one article after the other."""
        while True:
            turn = intake.take()
            if not isinstance(turn, ArticleJob):
                return
            yield turn, self._work(turn)

    def close(self) -> None:
        """There is nothing to end."""


class Shelf(ShowFolder):
    """A show in which every episode stands but one."""

    def __init__(self, cache: Cache, folder: Path) -> None:
        super().__init__(make_show(folder / "show"), cache)

    def holds(self, name: str) -> bool:
        """Tell that all are there but z."""
        return name != "z"

    def write_site(self, cache: Cache) -> Site:
        """Derive nothing, and say so."""
        return Site(0, ("fertig",), ())


def made(article_job: ArticleJob) -> Result:
    """Return the result of an episode."""
    return Result(article_job.source, "made", article_job.source, "T", 1000)


def go(tmp_path: Path, work: Work, names: str = "abc", limit: int | None = None, only: str | None = None) -> Summary:
    """Run over articles of one letter."""
    ledger = Ledger(tmp_path)
    intake = Intake((ArticleJob(name) for name in names), limit, only)
    with closing(ledger), closing(Cache(None)) as cache:
        return run(intake, Hand(work), ledger, Shelf(cache, tmp_path), cache, lambda *_: None)


def test_what_failed_by_the_weather_is_tried_again_at_the_end(tmp_path: Path) -> None:
    """Once, after all others; what fails then has failed."""
    seen: list[str] = []

    def work(article_job: ArticleJob) -> Result:
        seen.append(article_job.source)
        if article_job.source == "a" or (article_job.source == "b" and seen.count("b") == 1):
            return failed(article_job.source, 75, "voll")
        return made(article_job)

    summary = go(tmp_path, work)
    assert "".join(seen) == "abcab"
    assert (summary.made, summary.failed, summary.stopped) == (2, 1, None)
    assert summary.warnings == ["fertig"]


def test_it_gives_up_where_all_fail_alike(tmp_path: Path) -> None:
    """After so many in a row by what no article is to blame for; all that failed is told."""
    summary = go(tmp_path, lambda one: failed(one.source, 74, "Die Platte ist voll."), "x" * 100)
    assert summary.failed == MOST_ALIKE
    assert summary.stopped is not None and "Platte" in summary.stopped
    bad = go(tmp_path, lambda one: failed(one.source, 65, "leer"), "x" * 100)
    assert (bad.failed, bad.stopped) == (100, None)


def test_a_crew_that_is_gone_ends_the_run_in_order(tmp_path: Path) -> None:
    """What was made counts, what was kept has failed, the feed is derived, and the reason is told."""

    def work(article_job: ArticleJob) -> Result:
        if article_job.source == "c":
            raise ServiceBusy("Keiner da.")
        return failed("a", 75, "voll") if article_job.source == "a" else made(article_job)

    summary = go(tmp_path, work)
    assert (summary.made, summary.failed, summary.stopped, summary.warnings) == (1, 1, "Keiner da.", ["fertig"])


def test_a_worker_is_not_believed(tmp_path: Path) -> None:
    """An episode that does not stand where it should has failed, whatever the worker says."""
    assert go(tmp_path, made, "az").failed == 1


def test_the_limit_counts_what_had_to_be_done() -> None:
    """What is up to date does not count, what fails does; while it is open, there may be more later."""
    intake = Intake((ArticleJob(name) for name in "abcd"), limit=1)
    assert intake.take() == ArticleJob("a")
    assert intake.take() is Turn.LATER
    intake.returned(Result("a", "unchanged"))
    assert intake.take() == ArticleJob("b")
    intake.returned(failed("b", 65, "leer"))
    assert intake.take() is Turn.OVER


def test_what_cannot_be_read_is_told_once() -> None:
    """A line that describes no article is refused, and the next is handed out."""
    intake = Intake(iter([InputUnreadable("liste, line 1: nichts."), ArticleJob("b")]))
    assert intake.take() == ArticleJob("b")
    assert [result.source for result in intake.refused()] == ["liste, line 1"]
    assert intake.refused() == []


def test_the_ledger_keeps_what_is_failed_still(tmp_path: Path) -> None:
    """Over runs, until it is made; a torn line is passed over; the report has every result."""
    ledger = Ledger(tmp_path)
    for name in "ab":
        ledger.add(failed(name, 65, "leer"))
    ledger.close()
    with (tmp_path / FOLDER / FAILED).open("a") as file:
        file.write('{"source": "c", "sta')
    again = Ledger(tmp_path)  # whoever wrote that was killed
    assert set(again.failed) == {"a", "b"}
    again.add(Result("a", "made", "a"))
    again.write_report(tmp_path / "bericht.json", {"made": 1})
    again.close()
    last = Ledger(tmp_path)
    assert set(last.failed) == {"b"}
    last.close()
    report = json.loads((tmp_path / "bericht.json").read_text())
    assert report["made"] == 1
    assert [one["source"] for one in report["articles"]] == ["a"]


def test_runs_at_once_keep_each_others_failures(tmp_path: Path) -> None:
    """What one notes while another ends is kept, and what either made is not failed any more."""
    one, other = Ledger(tmp_path), Ledger(tmp_path)
    one.add(failed("a", 65, "leer"))
    other.add(failed("b", 65, "leer"))
    one.close()
    other.add(failed("c", 65, "leer"))
    other.add(Result("b", "made", "b"))
    other.close()
    last = Ledger(tmp_path)
    assert set(last.failed) == {"a", "c"}
    last.close()
    assert (tmp_path / FOLDER / FAILED).read_text().count("\n") == 2


@pytest.mark.parametrize("only", ["b", ""])
def test_only_some_are_wanted(tmp_path: Path, only: str) -> None:
    """With --retry-failed those that failed, and none where none did."""
    assert go(tmp_path, made, only=only).made == len(only)

"""The worker process of a local batch.

On stdin: run options, then articles, a line of JSON each. On stdout: a result for each, a line of JSON. It ends
when stdin does, so that no worker outlives the command that started it by more than an article.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import closing

from narrate.batch.wire import unpack_article_job, unpack_run_options
from narrate.batch.work import Worker
from narrate.system import log
from narrate.system.cache import Cache, default_folder
from narrate.system.cpu import keep_memory_together
from narrate.system.signals import hear


def main() -> None:
    """Work until there is nothing more to do."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    hear(signal.SIGTERM)
    keep_memory_together()
    log.configure(None, None)
    # What a plug-in prints must not stand between results.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    folder = None if sys.argv[1:] == ["--no-cache"] else default_folder()
    with closing(Cache(folder)) as cache, closing(Worker(unpack_run_options(sys.stdin.readline()), cache)) as worker:
        for line in sys.stdin:
            result = worker.work(unpack_article_job(line))
            answers.write(json.dumps(result.as_json(), ensure_ascii=True) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()

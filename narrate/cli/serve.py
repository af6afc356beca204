"""``narrate serve``: hear, read and subscribe to a show on this machine before it goes to a host."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from narrate.model.errors import InputMissing, InputUnreadable
from narrate.settings import SHOW_FILE, choose, show_folder

HIGHEST_PORT = 65_535


@click.command(epilog="\b\nExamples:\n  narrate serve podcast\n  narrate serve audio/der-markt --port 0")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(0, HIGHEST_PORT), default=8000, show_default=True,
              help="Port to listen on; 0 for any free one.")  # fmt: skip
@click.option("--any-origin", is_flag=True,
              help="Let pages of any website read the files, not only those on this machine.")  # fmt: skip
def serve(folder: Path, port: int, any_origin: bool) -> None:
    """Serve the show or episode in DIR on 127.0.0.1 as a host would, until Ctrl-C.

    Only this machine can reach it. In feed.xml the show's base_url is replaced by the local address, so that a
    podcast player here can subscribe; the file itself stays as it is. Files whose names begin with a dot and files that
    narrate does not publish are not served.
    """
    from narrate.web.serve import FEED, Preview

    folder = show_folder(folder) or folder
    if not folder.exists():
        raise InputMissing(f"'{folder}' does not exist; name the folder of a show or an episode.")
    if not folder.is_dir():
        raise InputUnreadable(f"'{folder}' is not a folder; name the folder of a show or an episode.")
    base_url = choose({}, None, folder)["base_url"] if (folder / SHOW_FILE).is_file() else None
    with Preview(folder, port, base_url, any_origin) as preview:
        click.echo(f"{preview.url}/")
        feed = f"; the feed is {preview.url}/{FEED}" if (folder / FEED).is_file() else ""
        click.echo(f"narrate: serving '{folder}' to this machine{feed}; Ctrl-C ends it.", err=True)
        with contextlib.suppress(KeyboardInterrupt):
            preview.serve_forever(poll_interval=0.2)

"""What the commands of the engines have in common: arguments, progress, and how they end."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator

from . import Archive, Error, Reader


def arguments(engine: str) -> argparse.ArgumentParser:
    """The arguments of ``python -m lungfield.ENGINE``."""
    parser = argparse.ArgumentParser(
        prog=f"python -m lungfield.{engine}",
        description="Reads what is not read yet of an index into a folder of answers, as `lungfield read --index INDEX --out OUT` does. "
        "Exit status: 0 when every film was read, 2 when some have no answer, 1 when the work could not be done.",
    )
    parser.add_argument("index", metavar="INDEX", help="a folder that `lungfield index` made")
    parser.add_argument("out", metavar="OUT", help="the folder for the answers, which every machine sees under this path")
    parser.add_argument("--model", metavar="DIR", help="folder of another model than the shipped one")
    parser.add_argument("--site", metavar="FILE", help="answer at a site's own thresholds, which `lungfield evaluate --write-site` chose")
    parser.add_argument("--fetches", type=int, default=16, help="how many films each process fetches at a time")
    parser.add_argument("--max-seconds", type=float, default=60.0, help="how long a film may be read")
    return parser


def run(given: argparse.Namespace, read: Callable[[Archive], Iterable[tuple[str, int]]]) -> int:
    """Reads an archive with ``read``, which gives each part that is done and how many of its films have no answer."""
    try:
        archive = Archive(given.index, given.out, Reader(given.model, site=given.site), fetches=given.fetches, max_seconds=given.max_seconds)
        not_read = sum(without_answer for _, without_answer in read(archive)) if archive.to_read() else 0
    except Error as error:
        print(f"lungfield: {error}", file=sys.stderr)
        return 1
    return 2 if not_read else 0


def progress(archive: Archive, done: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Passes on what is done, and says for each part on standard error how many films that makes, how fast, and how long is left."""
    films = {part: archive.parts[part] for part in archive.to_read()}
    start, count, all_films = time.monotonic(), 0, sum(films.values())
    for part, without_answer in done:
        count += films[part]
        rate = count / (time.monotonic() - start)
        left = (all_films - count) / rate
        print(f"{part}: {count} of {all_films} films, {rate:.1f} films/s, {left:.0f} s left", file=sys.stderr)
        yield part, without_answer

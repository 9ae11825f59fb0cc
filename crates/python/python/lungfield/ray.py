"""An archive read with Ray, on all cores of a machine or a cluster::

    python -m lungfield.ray INDEX OUT

An actor for each core reads part after part. The state is in OUT: what is there is done, whatever wrote it. So this finishes
what another engine or the command began, and the other way round.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import ray
from ray.util import ActorPool

from lungfield import Archive, _command


@ray.remote(num_cpus=1, max_restarts=3, max_task_retries=3)
class PartReader:
    """Reads parts of an archive with a process of its own."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def read(self, part: str) -> tuple[str, int]:
        """Reads a part, and says how many of its films have no answer."""
        return part, self.archive.read_part(part)


def read(archive: Archive, actors: int | None = None) -> Iterator[tuple[str, int]]:
    """Reads what is not read yet with so many actors, without a number one for each core. Gives each part when it is done, and how
    many of its films have no answer."""
    parts = archive.to_read()
    cores = int(ray.cluster_resources().get("CPU", 1))
    readers = [PartReader.remote(archive) for _ in range(min(actors or cores, len(parts)))]
    yield from ActorPool(readers).map_unordered(lambda reader, part: reader.read.remote(part), parts)


def main() -> int:
    parser = _command.arguments("ray")
    parser.add_argument("--address", help="a cluster's; without it the one in RAY_ADDRESS, or this machine")
    parser.add_argument("--actors", type=int, help="how many read; without it one for each core")
    given = parser.parse_args()
    ray.init(address=given.address, log_to_driver=False)
    return _command.run(given, lambda archive: _command.progress(archive, read(archive, given.actors)))


if __name__ == "__main__":
    sys.exit(main())

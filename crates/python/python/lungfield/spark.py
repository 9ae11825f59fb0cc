"""An archive read with Spark, on all cores of a machine or a cluster::

    python -m lungfield.spark INDEX OUT

A task for each part. The state is in OUT: what is there is done, whatever wrote it. So this finishes what another engine or
the command began, and the other way round.

Films that are a table already, with the columns ``id`` and ``bytes`` or ``url``, are answered row by row::

    reader = Reader()
    films.mapInArrow(lambda batches: map(reader.read_batch, batches), ANSWER)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

import pyarrow
from pyspark.sql import SparkSession

from lungfield import Archive, _command

#: The columns of an answer, for ``mapInArrow``.
ANSWER = (
    "id string, status string, reason string, message string, logit double, probability double, outcome string, "
    "unlikely_below double, likely_from double, warnings string, quality string, model_sha256 string, ms double"
)


def read(spark: SparkSession, archive: Archive) -> list[tuple[str, int]]:
    """Reads what is not read yet. Gives each part, and how many of its films have no answer."""
    parts = archive.to_read()
    numbers = spark.range(0, len(parts), 1, len(parts))
    rows = numbers.mapInArrow(part_reader(archive, parts), "part string, without_answer long").collect()
    return [(row["part"], row["without_answer"]) for row in rows]


def part_reader(
    archive: Archive, parts: list[str]
) -> Callable[[Iterator[pyarrow.RecordBatch]], Iterator[pyarrow.RecordBatch]]:
    """For ``mapInArrow``: reads the parts whose numbers come in the first column."""

    def read_parts(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                row = {"part": parts[number], "without_answer": archive.read_part(parts[number])}
                yield pyarrow.RecordBatch.from_pylist([row])

    return read_parts


def main() -> int:
    parser = _command.arguments("spark")
    parser.add_argument("--master", default="local[*]", help="a cluster's, such as spark://host:7077; without it this machine")
    given = parser.parse_args()
    # Spark's own choice is the first python3 there is, which may not have this package.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("lungfield").master(given.master)
    spark = builder.config("spark.ui.showConsoleProgress", "true").getOrCreate()
    return _command.run(given, lambda archive: read(spark, archive))


if __name__ == "__main__":
    sys.exit(main())

"""The installed wheel with real Ray and real Spark, held to the command: the same numbers, and nothing is lost.

    python archives.py LUNGFIELD REPOSITORY [Archives.test_...]
"""

import json
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import pyarrow
import pyarrow.parquet

from lungfield import Archive, Error, Reader

COMMAND, ROOT = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
DEMO = sorted((ROOT / "www/films").glob("*-*.jpeg")) + sorted((ROOT / "www/films").glob("person*.jpeg"))
ODD = ["tests/fixtures/bad/truncated-50.jpeg", "tests/fixtures/bad/report.pdf", "www/icons/icon-512.png", "tests/fixtures/film.png"]
# What each run's processes can be told by, also those that others of them start.
MARK = f"LUNGFIELD_TEST={os.getpid()}"
ENVIRONMENT = os.environ | dict([MARK.split("=")]) | {
    "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled", "SPARK_LOCAL_IP": "127.0.0.1",
}
# They end when they have not found the rest of Ray for a minute.
RAYS_AGENTS = (b"ray::DashboardAgent", b"ray::RuntimeEnvAgent")
ALL_ANSWERED, SOME_WITHOUT_ANSWER = 0, 2


def engine(name: str, index: Path, out: Path) -> list:
    """A command that reads what is not read yet."""
    if name == "command":
        return [COMMAND, "read", "--index", index, "--out", out]
    return [sys.executable, "-m", f"lungfield.{name}", index, out]


def start(command: list) -> subprocess.Popen:
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def lines() -> dict[int, bytes]:
    """The command lines of the runs' processes, by their numbers."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if MARK.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes()
        except OSError:
            pass
    return found


def processes(words: bytes) -> list[int]:
    """The processes of the runs whose command line has these words."""
    return [process for process, line in lines().items() if words in line]


def left() -> list[bytes]:
    """The command lines of the runs' processes, but for Ray's own agents."""
    return [line for line in lines().values() if not line.startswith(RAYS_AGENTS)]


def parts(out: Path) -> list[Path]:
    return sorted(out.glob("part-*.parquet"))


def answers(out: Path) -> list[list[dict]]:
    """What each part of an output has, without the times."""
    return [pyarrow.parquet.read_table(part).drop_columns("ms").to_pylist() for part in parts(out)]


def without_times(reading: dict) -> dict:
    return {name: value for name, value in reading.items() if name != "milliseconds"}


class Archives(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.kept.name)
        films = cls.folder / "films"
        films.mkdir()
        for copy in range(2):
            for film in [*DEMO, *(ROOT / odd for odd in ODD)]:
                shutil.copy(film, films / f"{copy}-{film.name}")
        gone = films / "gone.jpeg"
        shutil.copy(DEMO[0], gone)
        cls.index = cls.folder / "index"
        subprocess.run([COMMAND, "index", films, "--out", cls.index, "--part-films", "2"], check=True, stdout=subprocess.DEVNULL)
        gone.unlink()
        cls.whole = cls.folder / "whole"
        cls.run_to_the_end("command", cls.whole)

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    @classmethod
    def run_to_the_end(cls, name: str, out: Path) -> None:
        run = start(engine(name, cls.index, out))
        said, _ = run.communicate(timeout=300)
        if run.returncode not in (ALL_ANSWERED, SOME_WITHOUT_ANSWER):
            raise AssertionError(f"{name} ended with {run.returncode}: {said}")

    def kill_at_a_random_moment(self, name: str, out: Path, leave: int, chance: random.Random) -> None:
        """Starts a run, and ends it after it has finished so many parts and so many milliseconds, or when only ``leave`` parts are
        left: a fast machine would have finished them all."""
        before, more, milliseconds = len(parts(out)), chance.randint(0, 3), chance.randint(0, 300)
        run = start(engine(name, self.index, out))
        until = time.monotonic() + 120
        while len(parts(out)) < before + more and run.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        moment, enough = time.monotonic() + milliseconds / 1000, len(parts(self.whole)) - leave
        while time.monotonic() < moment and len(parts(out)) < enough:
            time.sleep(0.005)
        self.assertIsNone(run.poll(), f"{name} ended before it was killed")
        run.kill()
        run.communicate()
        print(f"  {name}: killed at most {milliseconds} ms after {len(parts(out)) - before} parts; {len(parts(out))} are there")

    def assert_whole(self, out: Path) -> None:
        summary = subprocess.run([COMMAND, "summary", out], capture_output=True, text=True, check=False)
        self.assertEqual(summary.returncode, 0, summary.stdout)
        self.assertEqual(answers(out), answers(self.whole))

    def test_the_films_without_an_answer_are_there_with_their_reasons(self):
        rows = [row for part in answers(self.whole) for row in part]
        self.assertEqual(len(rows), 2 * (len(DEMO) + len(ODD)) + 1)
        reasons = {row["id"].split("-", 1)[-1]: (row["status"], row["reason"]) for row in rows if row["status"] != "read"}
        self.assertEqual(
            reasons,
            {
                "truncated-50.jpeg": ("failed", "truncated"),
                "report.pdf": ("refused", "unsupported-format"),
                "icon-512.png": ("refused", "not-a-chest-film"),
                "gone.jpeg": ("failed", "unreadable"),
            },
        )

    def test_a_film_has_the_reading_of_the_command(self):
        films = [*DEMO, *(ROOT / odd for odd in ODD), *sorted((ROOT / "tests/fixtures/odd").iterdir()), self.folder / "none.jpeg"]
        films = [film for film in films if film.is_file() or not film.exists()]
        said = subprocess.run([COMMAND, "read", "--json", *films], capture_output=True, text=True, check=False).stdout
        readings = [without_times(json.loads(line)) for line in said.splitlines()]
        reader = Reader()
        self.assertEqual([without_times(reader.read(str(film))) for film in films], readings)
        self.assertEqual(without_times(reader.read(films[0])), readings[0], "a path is no text")
        self.assertEqual(without_times(reader.read(films[0].read_bytes())), readings[0] | {"file": ""})

    def test_a_batch_has_the_answers_of_the_archive(self):
        reader = Reader()
        for part in sorted(self.index.glob("part-*.parquet"))[-5:-1]:
            table = pyarrow.parquet.read_table(part)
            wanted = pyarrow.parquet.read_table(self.whole / part.name)
            [batch] = table.to_batches()
            found = reader.read_batch(batch)
            self.assertEqual(found.schema, wanted.schema.remove_metadata())
            self.assertEqual(found.drop_columns("ms").to_pylist(), wanted.drop_columns("ms").to_pylist())
            rows = [row for row in table.to_pylist() if Path(row["url"]).exists()]
            films = [{"id": row["id"], "bytes": Path(row["url"]).read_bytes()} for row in rows]
            of_bytes = reader.read_batch(pyarrow.RecordBatch.from_pylist(films), threads=1)
            there = {row["id"] for row in rows}
            self.assertEqual(
                of_bytes.drop_columns("ms").to_pylist(),
                [row for row in wanted.drop_columns("ms").to_pylist() if row["id"] in there],
            )

    def test_a_batch_that_has_no_films_or_no_storage_is_an_error(self):
        reader = Reader()
        with self.assertRaisesRegex(ValueError, "the column id"):
            reader.read_batch(pyarrow.RecordBatch.from_pylist([{"name": "a"}]))
        with self.assertRaisesRegex(Error, "does not answer"):
            # Nobody listens at the port 9, discard.
            reader.read_batch(pyarrow.RecordBatch.from_pylist([{"id": "a", "url": "http://127.0.0.1:9/a"}]))

    def test_films_are_answered_at_a_site_s_own_thresholds(self):
        site = {
            "schema": "lungfield.site/1", "model_sha256": Reader().model_sha256, "error_level": 0.1,
            "operating_point": 0.5, "unlikely_below": 0.001, "likely_from": 0.999, "films": {"normal": 9, "pneumonia": 9, "date": "2026-12-01"},
        }  # fmt: skip
        file, out = self.folder / "site.json", self.folder / "at-site"
        file.write_text(json.dumps(site))
        film = DEMO[8].read_bytes()
        reader = Reader(site=file)
        for each in (reader, pickle.loads(pickle.dumps(reader)), Reader(site=file.read_bytes())):
            found = each.read(film)
            self.assertEqual((found["outcome"], found["thresholds"]["likely_from"]), ("uncertain", 0.999))
        archive = Archive(self.index, out, reader)
        part = archive.to_read()[0]
        archive.read_part(part)
        rows = pyarrow.parquet.read_table(out / part).to_pylist()
        self.assertEqual({row["likely_from"] for row in rows if row["status"] == "read"}, {0.999})
        with self.assertRaisesRegex(Error, "could not be read"):
            Reader(site=self.folder / "none.json")
        with self.assertRaisesRegex(Error, "model"):
            Reader(site=json.dumps(site | {"model_sha256": "0" * 64}).encode())

    def test_a_reader_is_pickled_as_path_and_hash(self):
        film = DEMO[0].read_bytes()
        model = self.folder / "model"
        shutil.copytree(ROOT / "models", model)
        for reader in (Reader(), Reader(model)):
            pickled = pickle.dumps(reader)
            self.assertLess(len(pickled), 1000)
            self.assertEqual(without_times(pickle.loads(pickled).read(film)), without_times(reader.read(film)))
        archive = Archive(self.index, self.folder / "never", reader, workers=2)
        self.assertEqual(pickle.loads(pickle.dumps(archive)).to_read(), archive.to_read())
        manifest = model / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"pneumonia"', '"pneumonia" ', 1))
        with self.assertRaisesRegex(Error, "is asked for"):
            pickle.loads(pickled)

    def test_other_threads_run_on_while_a_film_is_read(self):
        reader, film, ticks, done = Reader(), DEMO[0].read_bytes(), [], threading.Event()

        def tick():
            while not done.wait(0.001):
                ticks.append(time.monotonic())

        other = threading.Thread(target=tick)
        other.start()
        begin = time.monotonic()
        for _ in range(5):
            reader.read(film)
        end = time.monotonic()
        done.set()
        other.join()
        longest = max(b - a for a, b in zip([begin, *ticks], [*ticks, end]))
        self.assertLess(longest, (end - begin) / 5, "the other thread waited for a whole film")

    def test_ray_survives_the_end_of_an_actor(self):
        out = self.folder / "ray"
        run = start(engine("ray", self.index, out))
        while not parts(out) and run.poll() is None:
            time.sleep(0.01)
        actors = processes(b"ray::PartReader")
        self.assertTrue(actors)
        os.kill(random.choice(actors), signal.SIGKILL)
        said, _ = run.communicate(timeout=300)
        self.assertEqual(run.returncode, SOME_WITHOUT_ANSWER, said)
        self.assertIn("films/s", said)
        self.assert_whole(out)

    def test_spark_reads_an_archive_and_a_table(self):
        out = self.folder / "spark"
        self.run_to_the_end("spark", out)
        self.assert_whole(out)
        program = """
import os, sys
os.environ["PYSPARK_PYTHON"] = sys.executable
from pyspark.sql import SparkSession
from lungfield import Reader
from lungfield.spark import ANSWER
spark = SparkSession.builder.master("local[2]").getOrCreate()
reader = Reader()
films = spark.read.parquet(sys.argv[1] + "/part-0000[0-3].parquet")
films.mapInArrow(lambda batches: map(reader.read_batch, batches), ANSWER).write.parquet(sys.argv[2])
"""
        table = self.folder / "table"
        run = start([sys.executable, "-c", program, self.index, table])
        said, _ = run.communicate(timeout=300)
        self.assertEqual(run.returncode, 0, said)
        found = pyarrow.parquet.read_table(table).drop_columns("ms").to_pylist()
        wanted = [row for part in answers(self.whole)[:4] for row in part]
        self.assertEqual(sorted(found, key=lambda row: row["id"]), sorted(wanted, key=lambda row: row["id"]))

    def test_what_one_began_and_was_killed_at_another_finishes(self):
        seed = random.randrange(1 << 32)
        print(f"  seed {seed}")
        chance = random.Random(seed)
        for order in (["command", "ray", "spark"], ["spark", "command", "ray"], ["ray", "spark", "command"]):
            out = self.folder / "-".join(order)
            *killed, last = order
            for name, leave in zip(killed, (12, 6)):
                self.kill_at_a_random_moment(name, out, leave, chance)
            left = len(parts(self.whole)) - len(parts(out))
            self.assertGreater(left, 0, "nothing is left for the last one")
            self.run_to_the_end(last, out)
            self.assert_whole(out)
            print(f"  {last}: finished the last {left} parts")

    def test_what_was_killed_leaves_no_process_behind(self):
        run = start(engine("ray", self.index, self.folder / "left"))
        while not processes(b"lungfield._worker") and run.poll() is None:
            time.sleep(0.01)
        run.kill()
        run.communicate()
        until = time.monotonic() + 60
        while left() and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual(left(), [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "--verbose", *sys.argv[3:]])

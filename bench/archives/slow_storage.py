"""A storage over HTTP that is as slow as one wants: the files of a folder again and again, under as many names as one wants.

    python slow_storage.py FOLDER COUNT --port 8900 --megabits 1000 --latency-ms 20

`http://127.0.0.1:8900/list.txt` lists COUNT films. All connections share the line; the first byte of a film waits for the latency.
"""

import argparse
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CHUNK = 64 << 10


class Line:
    """What all connections share: bytes a second."""

    def __init__(self, rate: float) -> None:
        self.rate, self.free_at, self.lock = rate, 0.0, threading.Lock()

    def send(self, count: int) -> None:
        """Waits until so many bytes have gone over the line."""
        with self.lock:
            self.free_at = max(self.free_at, time.monotonic()) + count / self.rate
            wait = self.free_at - time.monotonic()
        # Sleeping less than this takes longer than it should.
        if wait > 0.002:
            time.sleep(wait)


def handler(films: list[bytes], count: int, line: Line, latency: float) -> type[BaseHTTPRequestHandler]:
    class Storage(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/list.txt":
                body, line_of_body = "".join(f"{number}.film\n" for number in range(count)).encode(), None
            else:
                body, line_of_body = films[int(self.path.strip("/").split(".")[0]) % len(films)], line
                time.sleep(latency)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            for start in range(0, len(body), CHUNK):
                chunk = body[start : start + CHUNK]
                if line_of_body:
                    line_of_body.send(len(chunk))
                self.wfile.write(chunk)

        def log_message(self, *_: object) -> None:
            pass

    return Storage


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--megabits", type=float, default=1000)
    parser.add_argument("--latency-ms", type=float, default=20)
    given = parser.parse_args()
    films = [path.read_bytes() for path in sorted(given.folder.iterdir())]
    line = Line(given.megabits * 1e6 / 8)
    storage = handler(films, given.count, line, given.latency_ms / 1000)
    ThreadingHTTPServer(("127.0.0.1", given.port), storage).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())

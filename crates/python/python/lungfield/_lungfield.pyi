from os import PathLike
from typing import Any, final

import pyarrow

__all__ = ["Archive", "Error", "Reader"]

class Error(Exception): ...

@final
class Reader:
    def __new__(
        cls,
        model_dir: str | PathLike[str] | None = None,
        manifest_sha256: str | None = None,
        site: str | PathLike[str] | bytes | None = None,
    ) -> Reader: ...
    @property
    def model_sha256(self) -> str: ...
    @property
    def manifest_sha256(self) -> str: ...
    def read(self, film: str | PathLike[str] | bytes | bytearray) -> dict[str, Any]: ...
    def read_batch(self, batch: pyarrow.RecordBatch, threads: int | None = None) -> pyarrow.RecordBatch: ...
    def __reduce__(self) -> tuple[type[Reader], tuple[Any, ...]]: ...

@final
class Archive:
    def __new__(
        cls,
        index: str | PathLike[str],
        out: str | PathLike[str],
        reader: Reader | None = None,
        workers: int = 1,
        fetches: int = 16,
        max_seconds: float = 60.0,
    ) -> Archive: ...
    @property
    def parts(self) -> dict[str, int]: ...
    def to_read(self) -> list[str]: ...
    def read_part(self, part: str) -> int: ...
    def __reduce__(self) -> tuple[type[Archive], tuple[Any, ...]]: ...

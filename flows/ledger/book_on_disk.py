"""A workbook on its way to the disk, which may be full."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from traceback import clear_frames
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError


class _OnDisk(FileIO):
    """After a write that the disk refused it takes whatever comes, and keeps none of it: an archive
    that is given up still writes its end, and would print a traceback of its own."""

    refused = False

    def write(self, part: Any) -> int:
        octets, kept = memoryview(part).cast("B"), 0
        while kept < len(octets) and not self.refused:
            try:
                kept += super().write(octets[kept:])
            except OSError:
                self.refused = True
                raise
        return len(octets)


@contextmanager
def book_on_disk(path: Path, settings: Mapping[str, Any]) -> Iterator[xlsxwriter.Workbook]:
    """Raises OSError, as the system said it."""
    with _OnDisk(path, "wb") as file:
        try:
            with xlsxwriter.Workbook(file, dict(settings)) as book:
                yield book
        except FileCreateError as error:
            refused = error.args[0]
            clear_frames(refused.__traceback__)  # which hold the archive: it goes now, or later
            raise refused from error

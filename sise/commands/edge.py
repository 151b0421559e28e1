"""What every command begins and ends with: the office, the clock, and how a result is shown."""

import json
import os
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import date, datetime
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, ProgressColumn
from rich.table import Table
from rich.text import Text

from flows.ledger.cells import YEARS
from flows.ledger.needs import Need
from flows.office import Office, open_office
from flows.schema import NeverSetUp, require_current
from flows.signoff.actor import COMMAND_LINE, Unattended
from models.refusal import Refusal
from models.warning import Colour
from notifications.system_words import system_words
from notifications.wording import ENGLISH, colour_word
from sise import clock
from sise.settings import Settings, load_settings

LARGEST = 64_000_000  # octets of a file that a command reads
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
STYLES = {
    Colour.GREEN: "green",
    Colour.BLUE: "blue",
    Colour.YELLOW: "yellow",
    Colour.ORANGE: "dark_orange",
    Colour.RED: "red",
}


class _Outlet(FileIO):
    """What nobody reads any more, as behind `| head -1`, is lost. A disk that is full is told of
    once: what is still held is written again when the process ends."""

    refused = False

    def write(self, part: Any) -> int:
        try:
            if not self.refused:
                return super().write(part)
        except BrokenPipeError:
            pass
        except OSError:
            self.refused = True
            raise
        return memoryview(part).nbytes


def _writable() -> None:
    """A result or an error is written, or lost, but never a failure: a job may have closed what it
    does not read, and a machine may still speak GBK, which has no ✓."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115  # open for as long as we run
        elif isinstance(stream, TextIOWrapper) and _is_of_the_system(stream):
            setattr(sys, name, _through_an_outlet(stream))
    if isinstance(sys.stdout, TextIOWrapper):  # stderr by itself writes out what it lacks
        sys.stdout.reconfigure(errors="replace")


def _is_of_the_system(stream: TextIOWrapper) -> bool:
    return isinstance(getattr(stream.buffer, "raw", stream.buffer), FileIO)


def _through_an_outlet(stream: TextIOWrapper) -> TextIOWrapper:
    outlet = _Outlet(stream.fileno(), "wb", closefd=False)
    return TextIOWrapper(
        BufferedWriter(outlet),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _width() -> int | None:
    """What goes into a pipe or a file is not shortened to a screen's width."""
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else 400


_writable()
# No markup: a title may hold brackets, and would then be shown without them, or not at all.
out = Console(highlight=False, soft_wrap=True, markup=False, width=_width())
aside = Console(highlight=False, markup=False, stderr=True)
opened = ExitStack()  # closed by sise.main: PostgreSQL logs a client that just vanishes


@dataclass(frozen=True)
class Edge:
    """The office as this command found it, and the instant at which it began."""

    settings: Settings
    office: Office
    now: datetime

    @property
    def today(self) -> date:
        return self.office.local(self.now).date()

    @property
    def actor(self) -> Unattended:
        return Unattended(COMMAND_LINE, self.today, self.now)

    @property
    def language(self) -> str:
        return self.settings.language

    def say(self, chinese: str, english: str, style: str = "") -> None:
        out.print(self.both(chinese, english), style=style)

    def both(self, chinese: str, english: str) -> str:
        return english if self.language == ENGLISH else chinese

    def colour(self, colour: Colour) -> Text:
        return Text(f"● {colour_word(colour, self.language)}", style=STYLES[colour])

    def table(self, chinese: str, english: str) -> Table:
        """Headings are divided by |."""
        headings = self.both(chinese, english).split("|")
        return Table(*headings, box=None, header_style="bold", pad_edge=False)


def open_edge(*, check_schema: bool = True) -> Edge:
    settings = load_settings()
    if check_schema and not (settings.database_url or settings.file.exists()):
        # Nothing is made where a wrong SISE_HOME leads.
        raise NeverSetUp(str(settings.file.absolute()))
    office = open_office(settings)
    opened.callback(office.engine.dispose)
    if check_schema:
        require_current(office.engine)
    return Edge(settings, office, clock.now())


def as_json(result: Any) -> None:
    # Not through rich: a terminal's width must not break a line of JSON.
    # Whoever speaks GBK gets the signs that it lacks as JSON writes them, and loses none.
    any_sign = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(result, ensure_ascii=not any_sign, indent=2, default=_plain))


def say_usable(file: Path, read: str, json: bool, **facts: str) -> None:
    """Of a file that was checked. `read`: what it is and is called, in words; `facts`: in JSON."""
    if json:
        as_json({"file": file.name, **facts, "ok": True})
    else:
        out.print(f"✓ {file.name}: {read}")


def _plain(value: Any) -> str:
    """Days and instants as ISO 8601."""
    return value.isoformat() if isinstance(value, date) else str(value)


def progress(*columns: ProgressColumn) -> Progress:
    """Beside the result, on a terminal only: a pipe or a log gets the result alone."""
    return Progress(*columns, console=aside, transient=True, disable=not aside.is_terminal)


def fitting(text: str) -> Text:
    """Shortened where the screen is narrow; what stands beside it keeps its width."""
    return Text(text, no_wrap=True, overflow="ellipsis")


def a_date(written: str) -> date:
    try:
        found = date.fromisoformat(written)
    except ValueError as error:
        raise Refusal(
            f"“{written}”不是日期；请写成 2022-07-14",
            f"'{written}' is no date; write it as 2022-07-14",
        ) from error
    if found.year not in YEARS:
        need = Need.YEAR_OUT_OF_RANGE
        raise Refusal(need.say(written, "", "zh-CN"), need.say(written, "", ENGLISH))
    return found


def name_of(file: Path) -> str:
    """As text, which a database can keep: what came out of a Windows archive may be called in
    GB18030."""
    octets = os.fsencode(file.name)
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return octets.decode(encoding)
    return octets.decode("utf-8", "replace")


def octets_of(file: Path, most: int = LARGEST) -> bytes:
    """What a file or a pipe holds; a device may have no end."""
    try:
        with file.open("rb") as content:
            found = content.read(most + 1)
    except OSError as error:
        raise Refusal(
            f"无法读取 {file}：{system_words(error)}", f"{file} cannot be read: {error.strerror}"
        ) from error
    if len(found) > most:
        size = f"{most // 1_000_000} MB"
        raise Refusal(
            f"无法读取 {file}：超过 {size}；请检查路径",
            f"{file} cannot be read: it is larger than {size}; check the path",
        )
    return found


def text_of(file: Path, *, else_in: str = "utf-8-sig") -> str:
    """`else_in`: how a file is read that is no UTF-8."""
    found = octets_of(file)
    if found.startswith(b"PK\x03\x04"):
        raise Refusal(
            f"{file.name} 是 Excel 工作簿，这里要文本文件；表格请在 Excel 中另存为 CSV 后再试",
            f"{file.name} is a workbook, and a text is needed: save the sheet as CSV and try again",
        )
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return found.decode(else_in)
    except UnicodeDecodeError as error:
        raise Refusal(
            f"无法读取 {file}：不是 UTF-8 文本",
            f"{file} cannot be read: it is no UTF-8 text",
        ) from error

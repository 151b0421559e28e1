"""A document as it is before anybody knows whether Word or a browser shows it: its blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.warning import Colour
from notifications.charts.chart import Chart

WIDTH = 156  # mm between the margins


@dataclass(frozen=True)
class Approval:
    """Who agreed that it is issued, and when, in the office's own zone."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Bar:
    """The colour, as a bar and as a word: a printer may have no colours."""

    colour: Colour
    words: str


@dataclass(frozen=True)
class Number:
    """发文字号, or the number of the issue."""

    words: str


@dataclass(frozen=True)
class Mark:
    """What the paper is not yet: 待审批. It stands in a box, above everything."""

    words: str


@dataclass(frozen=True)
class Title:
    words: str


@dataclass(frozen=True)
class Addressee:
    """主送机关."""

    words: str


@dataclass(frozen=True)
class Heading:
    words: str


@dataclass(frozen=True)
class Paragraph:
    words: str


@dataclass(frozen=True)
class Run:
    """Words of a line. `to`: the anchor to which they lead; `strong`: a heading within it."""

    words: str
    to: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Linked:
    """A paragraph, some words of which lead to a row of a table."""

    runs: Sequence[Run]


@dataclass(frozen=True)
class Form:
    """Rows of name and value, name and value; the last value of a row fills what is left."""

    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Grid:
    """A table with headings. `widths` are in mm, and no wider than the text; `colours` fills the
    cells of one column; `anchors` names the rows, and `links` leads on from them, on a page."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    colours: Sequence[Colour | None] = ()
    coloured: int = 0  # the column that `colours` fills
    numeric: Sequence[int] = ()  # the columns that are read as figures
    anchors: Sequence[str] = ()
    links: Sequence[str] = ()

    def __post_init__(self) -> None:
        if sum(self.widths) > WIDTH:
            raise ValueError(f"a table of {sum(self.widths)} mm does not fit {WIDTH} mm")


@dataclass(frozen=True)
class Picture:
    """A chart, beside the table of its figures. Where it cannot be drawn the table says it all."""

    chart: Chart


@dataclass(frozen=True)
class Signature:
    """署名和成文日期, with room for the seal."""

    by: str
    on: str


@dataclass(frozen=True)
class CopyTo:
    """版记: who has a copy, and who issued it when."""

    lines: Sequence[str]


@dataclass(frozen=True)
class NewPage:
    """What follows stands on a page of its own."""


Block = (
    Bar
    | Mark
    | Number
    | Title
    | Addressee
    | Heading
    | Paragraph
    | Linked
    | Form
    | Grid
    | Picture
    | Signature
    | CopyTo
    | NewPage
)


@dataclass(frozen=True)
class Paper:
    """`name` is what the file calls itself; `on` its date, so that it is the same file each time
    that it is written."""

    name: str
    author: str
    language: str
    on: date
    blocks: Sequence[Block]

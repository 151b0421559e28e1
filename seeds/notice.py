"""The public notice of Dinghai as data: its sections, items and figures, read from TOML."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DINGHAI = Path(__file__).parent / "dinghai"


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """One figure of the notice. `value` is as printed; empty where the notice does not say."""

    id: str
    number: str  # of the task it is reported with
    name: str
    value: str
    unit: str
    words: str
    as_of: str


@cache
def read(name: str) -> dict[str, Any]:
    """One file of the district, by its name below seeds/dinghai."""
    return tomllib.loads((DINGHAI / f"{name}.toml").read_text("utf-8"))


def sections() -> list[dict[str, Any]]:
    paths = sorted((DINGHAI / "findings").glob("*.toml"))
    return [read(f"findings/{path.stem}") for path in paths]


def items() -> list[dict[str, Any]]:
    return [item for section in sections() for item in section["item"]]


def figures() -> list[ReportedFigure]:
    return [_figure(number, written) for number, written in _written()]


def _written() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every figure with its task; those before the first section name the task themselves."""
    notice = read("notice")
    for part in (notice["preamble"], notice["accountability"]):
        for written in part["figures"]:
            yield part["reported_with"], written
    for item in items():
        for written in item["figures"]:
            yield item["number"], written


def _figure(number: str, written: dict[str, Any]) -> ReportedFigure:
    highest = written.get("value_max")
    as_of = [written[key] for key in ("as_of", "period", "due") if key in written]
    return ReportedFigure(
        id=written["id"],
        number=number,
        name=written["name"],
        value=f"{written['value']}-{highest}" if highest else written["value"],
        unit=written["unit"],
        words=written["words"],
        as_of=as_of[0] if as_of else "",
    )

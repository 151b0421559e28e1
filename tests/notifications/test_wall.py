"""The wall chart is laid out so that each tile says whose it is and none is lost."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from models.warning import Colour
from notifications.papers.wall import (
    COLUMNS,
    ROWS,
    Head,
    Tile,
    WallFacts,
    WallUnit,
    sheets,
    wall_page,
)

DAY = date(2022, 7, 14)


def units_of(sizes: list[int]) -> list[WallUnit]:
    return [
        WallUnit(f"单位{k}", [Tile(f"{k}-{n}", "问题", Colour.BLUE, DAY, 0) for n in range(size)])
        for k, size in enumerate(sizes)
    ]


@given(st.lists(st.integers(1, 60), max_size=30))
def test_every_matter_stands_once_below_its_unit(sizes):
    units = units_of(sizes)

    laid = sheets(units)

    columns = [column for sheet in laid for column in sheet]
    below, whose = list[tuple[str, str]](), ""
    for column in columns:
        assert isinstance(column[0], Head), "a column begins with whose it is"
        assert isinstance(column[-1], Tile), "no unit stands alone at the foot"
        for one in column:
            if isinstance(one, Head):
                assert one.again == (one.name == whose)
                whose = one.name
            else:
                below.append((whose, one.number))
    assert below == [(unit.name, tile.number) for unit in units for tile in unit.tiles]
    assert all(len(column) <= ROWS for column in columns)
    assert all(len(sheet) == COLUMNS for sheet in laid[:-1])
    assert all(len(sheet) <= COLUMNS for sheet in laid)


def test_what_a_ledger_says_is_only_words():
    tile = Tile("<b>1", "<script>alert(1)</script>", Colour.RED, None, None)

    page = wall_page(WallFacts("办", DAY, [WallUnit("<i>局", [tile])]), "zh-CN")

    assert "<script>" not in page
    assert "&lt;i&gt;局" in page
    assert "长期坚持" in page

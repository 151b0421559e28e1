"""Charts: readable without colours, in both languages, wherever they are shown."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
import resvg_py

from models.warning import Colour
from notifications.charts.by_unit import MOST, by_unit
from notifications.charts.chart import WIDTH, text_width
from notifications.charts.over_time import over_time
from notifications.charts.picture import draws_chinese, png

UNITS = [
    ("区教育局", {Colour.RED: 0, Colour.YELLOW: 2, Colour.BLUE: 1}),
    ("区<水利>局", {Colour.RED: 3, Colour.YELLOW: 0, Colour.BLUE: 0}),
    ("区财政局", {Colour.RED: 0, Colour.YELLOW: 0, Colour.BLUE: 0}),
]
DAYS = [
    (date(2021, 12, 30) + timedelta(days=n), {Colour.GREEN: 90, Colour.BLUE: n, Colour.RED: 4 - n})
    for n in range(5)
]


def words_of(svg: str) -> list[str]:
    """What is written in it, from its beginning; and that it is an SVG which can be read."""
    return [
        one.text or ""
        for one in ElementTree.fromstring(svg).iter()
        if one.text and one.text.strip()
    ]


def test_each_part_of_a_bar_has_its_pattern_and_its_words():
    chart = by_unit(UNITS, "zh-CN")

    assert words_of(chart.svg) == [
        *("红色", "黄色", "蓝色"),
        *("区<水利>局", "红3", "区教育局", "黄2 蓝1", "1 个单位没有"),
    ]
    bars = re.findall(r'width="([\d.]+)" height="17" fill="url\(#unit-(\w+)\)"', chart.svg)
    widths = {colour: float(width) for width, colour in bars}
    assert widths["red"] == pytest.approx(1.5 * widths["yellow"], abs=0.2)
    assert widths["yellow"] == pytest.approx(2 * widths["blue"], abs=0.2)
    patterns = dict(re.findall(r'<pattern id="unit-(\w+)"[^>]*>(.*?)</pattern>', chart.svg))
    assert len({re.sub(r"#\w+", "", one) for one in patterns.values()}) == 4, (
        "green and red are plain, one as light as the other is dark"
    )
    assert chart.words == "各单位：区<水利>局红3；区教育局黄2 蓝1；1 个单位没有。"


def test_each_bar_over_time_has_its_figure_and_its_day():
    chart = over_time(DAYS, "en")

    assert words_of(chart.svg) == [
        *("red", "4", "3", "2", "1", "0", "blue", "0", "1", "2", "3", "4"),
        *("30 Dec", "2021", "31 Dec", "1 Jan", "2022", "2 Jan", "3 Jan"),
    ]
    assert chart.words == (
        "Matters in a warning colour: 4 red at the end of 30 December 2021; "
        "4 blue at the end of 3 January 2022."
    )


def test_many_units_and_long_names_have_room():
    units = [(f"某某街道办事处综合行政执法队第{n}中队", {Colour.RED: 120 - n}) for n in range(40)]

    chart = by_unit(units, "en")

    assert f"{40 - MOST} more units" in words_of(chart.svg)
    ends = [float(x) for x in re.findall(r'<text x="([\d.]+)"[^>]*>\d+ red', chart.svg)]
    assert len(ends) == MOST
    assert max(ends) + text_width("120 red") < WIDTH


@pytest.mark.parametrize("draw", [lambda: by_unit([], "zh-CN"), lambda: over_time([], "en")])
def test_of_nothing_there_is_an_empty_chart_that_says_so(draw):
    chart = draw()

    ElementTree.fromstring(chart.svg)
    assert chart.words in ("没有可统计的事项。", "Nothing is counted yet.")


@pytest.mark.skipif(not draws_chinese(), reason="needs Debian's package fonts-noto-cjk")
def test_a_picture_has_the_chinese_words():
    one, other = (
        png(by_unit([(name, UNITS[0][1])], "zh-CN").svg) for name in ("区教育局", "区财政局")
    )

    assert one.startswith(b"\x89PNG")
    assert one != other, "the words are what differs"


def test_without_a_chinese_font_there_is_no_picture_but_the_page_names_fonts(monkeypatch):
    draw = resvg_py.svg_to_bytes
    monkeypatch.setattr(
        resvg_py, "svg_to_bytes", lambda **said: draw(**said, skip_system_fonts=True)
    )
    draws_chinese.cache_clear()
    try:
        chart = by_unit(UNITS, "zh-CN")
        assert png(chart.svg) is None
        assert "Microsoft YaHei" in chart.svg
        assert "区教育局" in chart.svg
    finally:
        draws_chinese.cache_clear()

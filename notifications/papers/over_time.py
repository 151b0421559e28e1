"""By colour over time in a document: a sentence, the chart, and its figures as a table."""

from collections.abc import Iterator, Sequence
from datetime import date

from notifications.charts.chart import Counts, used
from notifications.charts.over_time import over_time
from notifications.papers.paper import Block, Grid, Heading, Paragraph, Picture
from notifications.wording import ENGLISH, colour_word, day_words


def over_time_blocks(days: Sequence[tuple[date, Counts]], language: str) -> Iterator[Block]:
    if not days:
        return
    english = language == ENGLISH
    colours = used([counts for _, counts in days])
    yield Heading("Over time" if english else "附：各时点颜色变化")
    yield Picture(over_time(days, language))
    yield Grid(
        headings=["Day" if english else "日期", *(colour_word(c, language) for c in colours)],
        rows=[
            [day_words(on, language), *(str(counts.get(colour, 0)) for colour in colours)]
            for on, counts in days
        ],
        widths=[156 - 24 * len(colours), *[24] * len(colours)],
        numeric=range(1, len(colours) + 1),
    )
    yield Paragraph(
        "Open matters by colour at the end of each day; restricted ones are not counted."
        if english
        else "表中为各日终了时在办事项的颜色，限知事项不计入。"
    )

"""A paper as one HTML file that prints: nothing outside it is needed."""

from notifications.papers.paper import Paper
from notifications.render import render_page


def write_page(paper: Paper) -> bytes:
    blocks = [(type(block).__name__, block) for block in paper.blocks]
    return render_page("paper.html", paper=paper, blocks=blocks).encode()

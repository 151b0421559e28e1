"""What a summary says in Excel is read to its end on paper, too."""

import io
import re
import zipfile
from datetime import date

from notifications.papers.paper import Paper, Paragraph, Title
from notifications.papers.workbook import write_workbook


def test_a_long_sentence_is_wrapped_in_a_column_that_a_page_has_room_for() -> None:
    said = "本月收到 2 件，办结 0 件；" * 12
    paper = Paper("信访", "督查室", "zh-CN", date(2026, 11, 28), [Title("信访"), Paragraph(said)])

    with zipfile.ZipFile(io.BytesIO(write_workbook(paper))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    [width] = re.findall(r'<col min="1" max="1" width="([\d.]+)"', sheet)
    [height] = re.findall(r'<row r="2" [^>]* ht="(\d+)"', sheet)

    assert float(width) * 7 / 96 * 25.4 < 210 - 2 * 17.8  # mm: A4 between its margins
    assert int(height) >= 5 * 15
    assert '<pageSetup paperSize="9" fitToHeight="0"' in sheet

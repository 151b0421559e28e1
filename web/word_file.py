"""A paper as the Word file that a browser puts into its folder of downloads."""

from urllib.parse import quote

from fastapi.responses import Response

from notifications.papers.paper import Paper
from notifications.papers.word import write_word

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word_file(paper: Paper) -> Response:
    name = quote(f"{paper.name}.docx", safe="")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(write_word(paper), media_type=MEDIA_TYPE, headers=headers)

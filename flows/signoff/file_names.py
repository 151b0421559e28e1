"""Names of files: as the person called them, without what deceives whoever reads them."""

import re
import unicodedata

from flows.signoff.file_types import TAKEN

LONGEST_NAME = 120  # characters
LONGEST_ENDING = 10
_NO_PART_OF_A_NAME = re.compile(r'[<>:"|?*]')


def clean_name(name: str) -> str:
    """No path, nothing that cannot be seen or that turns the direction of what follows, and no
    longer than a line."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(_seen(character) for character in last)
    seen = " ".join(_NO_PART_OF_A_NAME.sub("_", seen).split()).strip(". ")
    stem, dot, ending = seen.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return seen[:LONGEST_NAME].strip() or "未命名"
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def download_name(name: str, media_type: str) -> str:
    """With an ending that says what it is: a text that is called x.bat must not run."""
    endings = next(kind.endings for kind in TAKEN if kind.media_type == media_type)
    return name if name.lower().endswith(endings) else f"{name}{endings[0]}"


def _seen(character: str) -> str:
    """Blanks of every kind as one; controls, marks of direction, halves of a character as none."""
    kind = unicodedata.category(character)[0]
    return " " if kind == "Z" or character in "\t\n\r" else "" if kind == "C" else character

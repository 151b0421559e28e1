"""Words as a cell of a sheet takes them, and nothing is read into them."""

AS_FORMULA = ("=", "+", "-", "@")  # what Excel would compute, were the cell entered anew


LONGEST = 32_767  # UTF-16 units in a cell; Excel calls a longer one damaged, XlsxWriter drops it


def units(text: str) -> int:
    """How long a text is to Excel."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def pieces(text: str) -> list[str]:
    """A text in as many cells as it takes: one, but for a very long one."""
    size = LONGEST // 2  # each character may count twice
    if len(text) <= size or units(cell_words(text)) <= LONGEST:
        return [text]
    return [text[at : at + size] for at in range(0, len(text), size)]


def cell_words(text: str) -> str:
    """Between these two marks XlsxWriter takes a text for its own XML, and the file may be
    damaged. An import strips the blank."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of so many letters; a Chinese character is as wide as
    two."""
    room = max(int(width) - 1, 2)
    if len(text) * 2 <= room and "\n" not in text:
        return 1
    return sum(
        1 + max(0, sum(2 if character > "\u2e7f" else 1 for character in part) - 1) // room
        for part in text.split("\n")
    )

"""Words as a cell of a sheet takes them, and nothing is read into them."""

AS_FORMULA = ("=", "+", "-", "@")  # what Excel would compute, were the cell entered anew


def cell_words(text: str) -> str:
    """Between these two marks XlsxWriter takes a text for its own XML, and the file may be
    damaged. An import strips the blank."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text

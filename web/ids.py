"""An id as an address or a form says it."""

LARGEST = 2**31 - 1  # that the database keeps


def id_in(written: str) -> int:
    """0, which nothing has, for whatever is none."""
    plain = written.isascii() and written.isdecimal() and len(written) < 11
    found = int(written) if plain else 0
    return found if found <= LARGEST else 0

"""How a problem of a ledger is said: a sentence in Chinese and in English, about what was found."""

from enum import Enum

SHOWN = 40  # characters of a cell that a sentence repeats


class Sentence(Enum):
    """In Chinese and in English. `{other}` is a second fact of the problem."""

    def say(self, found: str, other: str, language: str) -> str:
        sentence: str = self.value[1 if language == "en" else 0]
        return sentence.format(found=shown(found), other=shown(other, 200))


def shown(text: str, limit: int = SHOWN) -> str:
    """The text on one line, with what cannot be seen spelt out."""
    spelt = "".join(_seen(c) for c in text[: limit + 1])
    return spelt if len(text) <= limit else spelt[:limit] + "…"


def _seen(character: str) -> str:
    if character == "\n":
        return "↵"
    return character if character.isprintable() else f"<U+{ord(character):04X}>"

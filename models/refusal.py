"""A refusal: one sentence for the person who asked, in Chinese and in English."""


class Refusal(Exception):
    """`said(language)` is what the person reads; nothing was changed.

    `exit_code`: 2 when the input or usage is wrong, 1 when it could not be done just now.
    """

    exit_code = 2

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.chinese, self.english = chinese, english

    def said(self, language: str) -> str:
        return self.english if language == "en" else self.chinese

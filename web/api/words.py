"""Words that a program may give in Chinese, as a person would, or as the API gives them."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.notice_machine import NoticeState
from models.signoff import TaskState
from models.warning import Colour
from notifications.wording import colour_word, notice_word, state_word

Word = TypeVar("Word", bound=StrEnum)


def _either(members: Iterable[Word], said: Callable[[Word], str]) -> Callable[[object], object]:
    words = {said(one).removesuffix("色"): one for one in members} | {
        str(one): one for one in members
    }

    def parse(written: object) -> object:
        found = words.get(written.strip().removesuffix("色")) if isinstance(written, str) else None
        if found is None:
            known = ", ".join(f"{one} ({word})" for word, one in words.items() if word != one)
            raise PydanticCustomError("word", "{known}", {"known": known})
        return found

    return parse


def _schema(members: Iterable[StrEnum]) -> WithJsonSchema:
    values = [str(one) for one in members]
    return WithJsonSchema({"type": "string", "enum": values, "examples": values[1:2]})


AColour = Annotated[Colour, BeforeValidator(_either(Colour, colour_word)), _schema(Colour)]
AState = Annotated[TaskState, BeforeValidator(_either(TaskState, state_word)), _schema(TaskState)]
ANoticeState = Annotated[
    NoticeState, BeforeValidator(_either(NoticeState, notice_word)), _schema(NoticeState)
]

"""What is said when a call cannot be used: always one sentence, in `detail`."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from models.refusal import Refusal


class Problem(BaseModel):
    """What was found and what to do, in the office's language."""

    detail: str = Field(
        examples=["令牌缺失、有误或已停用 / the token is missing, wrong or revoked"]
    )


SAID: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "No token, or one that opens nothing."},
    403: {"model": Problem, "description": "The token has not the scope."},
    422: {"model": Problem, "description": "What was asked or handed in cannot be used."},
    429: {"model": Problem, "description": "Too many wrong tokens from one address."},
    503: {
        "model": Problem,
        "description": "The database is busy, or its disk is full; try again in a minute.",
    },
}
NOT_THERE: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is none of this name."}
}
TOO_MUCH: dict[int | str, dict[str, Any]] = {
    413: {"model": Problem, "description": "More than the server takes at once."}
}


class NotThere(Refusal):
    """Answered with 404."""


class UnknownParameter(Refusal):
    def __init__(self, name: str, known: list[str]) -> None:
        there, others = "、".join(known) or "无", ", ".join(known) or "none"
        super().__init__(
            f"没有参数“{name[:40]}”；可用的参数：{there}",
            f"there is no parameter '{name[:40]}'; there are: {others}",
        )


class WrongParameter(Refusal):
    """A value that a parameter, or a field of the body, does not take."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        kind, *path = (str(part) for part in error["loc"])
        name = "" if error["type"] == "json_invalid" else ".".join(path)
        wanted = _wanted(error)
        where = (f"参数“{name}”", f"the parameter '{name}'")
        if kind == "body":
            where = (f"正文中的“{name}”", f"'{name}' in the body") if name else ("正文", "the body")
        super().__init__(
            f"{where[0]}不能用：{wanted[0]}。没有写入", f"{where[1]} cannot be used: {wanted[1]}"
        )


async def refuse_unknown(request: Request) -> None:
    """A parameter that is misspelt would otherwise be passed over, and more be told than was
    asked for."""
    route = request.scope["route"]
    assert isinstance(route, APIRoute)
    known = [field.alias for field in route.dependant.query_params]
    for name in request.query_params:
        if name not in known:
            raise UnknownParameter(name, known)


_NOT_TAKEN = (
    "含有这里不能用的字符（换行、控制字符或竖线）",
    "it holds a character that is not taken here (a new line, a control character or a bar)",
)
_WANTED = {
    "missing": ("缺少", "it is missing"),
    "int_parsing": ("须为整数", "it must be a whole number"),
    "int_type": ("须为整数", "it must be a whole number"),
    "bool_parsing": ("须为 true 或 false", "it must be true or false"),
    "bool_type": ("须为 true 或 false", "it must be true or false"),
    "json_invalid": ("不是 JSON", "it is no JSON"),
    "extra_forbidden": ("没有这一项", "there is no such field"),
    "list_type": ("须为列表", "it must be a list"),
    "dict_type": ("须为对象", "it must be an object"),
    "model_attributes_type": ("须为对象", "it must be an object"),
    "string_type": ("须为文字", "it must be text"),
    "string_unicode": _NOT_TAKEN,
    "string_pattern_mismatch": _NOT_TAKEN,
}


def _wanted(error: Mapping[str, Any]) -> tuple[str, str]:
    kind, limits = error["type"], error.get("ctx", {})
    if kind in _WANTED:
        return _WANTED[kind]
    if kind.startswith("date"):
        return "须为日期，写成 2022-07-14", "it must be a date, as 2022-07-14"
    for name, chinese, english in (
        ("ge", "不小于", "at least"),
        ("le", "不大于", "at most"),
        ("min_length", "长度不小于", "a length of at least"),
        ("max_length", "长度不大于", "a length of at most"),
    ):
        if name in limits:
            return f"须{chinese} {limits[name]}", f"it must be {english} {limits[name]}"
    said = str(error["msg"])
    return said, said

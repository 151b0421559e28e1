"""What is wrong with a call, in Chinese: the library says it in English."""

import re

_SAYINGS = tuple(
    (re.compile(english), chinese)
    for english, chinese in (
        (r"No such command '(.*)'\. Did you mean (.*)\?", "没有命令“{}”，可能是 {}"),
        (r"No such command '(.*)'.*", "没有命令“{}”"),
        (r"No such option: (\S+) \(Possible options?: (.*)\).*", "没有选项 {}，可能是 {}"),
        (r"No such option: (\S+).*", "没有选项 {}"),
        (r"Missing \w+ '(.*?)'.*", "缺少“{}”"),
        (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", "多写了“{}”"),
        (r"Option '(.*)' requires an argument\.", "{} 后面须写内容"),
        (r"Option '(.*)' does not take a value\.", "{} 后面不写内容"),
        (r"Invalid value for '(.*?)': Input should be a valid integer.*", "“{}”须为整数"),
        (
            r"Invalid value for '(.*?)': Input should be greater than or equal to (\S+)",
            "“{}”不得小于 {}",
        ),
        (
            r"Invalid value for '(.*?)': Input should be less than or equal to (\S+)",
            "“{}”不得大于 {}",
        ),
        (
            r"Invalid value for '(.*?)': Value error, (.*) is not one of (.*?)\.?",
            "“{}”不能是 {}，可用：{}",
        ),
        (r"Invalid value for '(.*?)': (.*) is none of: (.*)", "“{}”不能是 {}，可用：{}"),
        (r"Invalid value for '(.*?)': (.*)", "“{}”有误：{}"),
    )
)


def usage_in_chinese(said: str) -> str:
    """As it was said where no saying fits."""
    for english, chinese in _SAYINGS:
        if found := english.fullmatch(said):
            return chinese.format(*found.groups())
    return said

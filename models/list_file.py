"""A list file as data: 七张问题清单, 挂牌督办, with the policy that is stricter there."""

from pydantic import Field

from models.ladder import Strict, parse_rules


class ListFile(Strict):
    """`policy` empty: standing on it changes no colour."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    policy: str = ""
    basis: str = ""


def parse_list(text: str, *, file: str) -> ListFile:
    """Read a list file; raises RuleError naming file and key."""
    return parse_rules(ListFile, text, file=file)

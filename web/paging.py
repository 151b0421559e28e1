"""Which page of how many, and the address of another one under the same filter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from web.reply_form import clean

PAGE = 50
LONGEST = 100  # characters of what is searched for


@dataclass(frozen=True)
class Paging:
    """`said` is the filter. A page beyond the last one is the last one."""

    path: str
    said: Mapping[str, str]
    found: int
    asked: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.found // self.size))

    @property
    def page(self) -> int:
        return min(self.asked, self.pages)

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def filtered(self) -> bool:
        return any(self.said.values())

    def link(self, page: int = 1) -> str:
        said = {name: value for name, value in self.said.items() if value}
        if page > 1:
            said["page"] = str(page)
        return f"{self.path}?{urlencode(said)}" if said else self.path


def page_number(written: str) -> int:
    """Anything that is no page counts as the first."""
    return max(int(written), 1) if re.fullmatch(r"[0-9]{1,6}", written) else 1


def searched(written: str) -> str:
    """What somebody typed into a filter."""
    return clean(written).strip()[:LONGEST]

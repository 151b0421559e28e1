"""Who acts, when, and how sure that is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.proof import Assurance


@dataclass(frozen=True, slots=True)
class Actor:
    """One person at one instant. `said_by`: who the person behind a link said they were."""

    official_id: int
    said_by: str
    assurance: Assurance
    on: date
    now: datetime

    def facts(self, **more: Any) -> dict[str, Any]:
        """As a transition keeps them."""
        return {
            "on": self.on,
            "now": self.now,
            "actor_id": self.official_id,
            "said_by": self.said_by,
            "assurance": self.assurance,
            **more,
        }


@dataclass(frozen=True, slots=True)
class Unattended:
    """The office at one instant, with nobody signed in: a command at its machine, or an import.

    No role is asked for, because whoever starts a command has the database itself. The history
    keeps no person then, but says how it came.
    """

    said_by: str
    on: date
    now: datetime

    @property
    def official_id(self) -> None:
        return None

    def facts(self, **more: Any) -> dict[str, Any]:
        """As a transition keeps them."""
        return {"on": self.on, "now": self.now, "said_by": self.said_by, **more}


OfficeActor = Actor | Unattended
COMMAND_LINE, IMPORT = "命令行", "台账导入"

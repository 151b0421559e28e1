"""The acts of the office that have a page of their own, and the ways there from a task's page."""

from collections.abc import Mapping

from models import Task
from web.offers import Way
from web.office_act import OfficeAct
from web.office_aside import ASIDE
from web.office_lists import LISTS
from web.office_milestones import MILESTONES
from web.office_reassign import REASSIGN
from web.office_score import SCORE
from web.office_stage import STAGE
from web.office_transfer import TRANSFER
from web.office_verdicts import VERDICTS

ACTS: Mapping[str, OfficeAct] = {
    "reassign": REASSIGN,
    "aside": ASIDE,
    "milestones": MILESTONES,
    "lists": LISTS,
    "stage": STAGE,
    "transfer": TRANSFER,
    "verdicts": VERDICTS,
    "score": SCORE,
}


def office_ways(task: Task, base: str) -> list[Way]:
    """Those that make sense now; `base`: where the task's page lies."""
    return [
        Way(one.called, f"{base}/office/{name}", one.hint)
        for name, one in ACTS.items()
        if one.offered(task)
    ]

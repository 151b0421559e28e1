"""The commands by their names. Each is loaded when it is asked for: all together take longer than
most of them take to run."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from notifications.wording import ENGLISH
from sise.commands.chinese_help import in_chinese

PLACES = {
    "init": "setting_up.init",
    "demo": "demo.demo",
    "serve": "serving.serve",
    "import": "ledgers.import_",
    "export": "ledgers.export",
    "night": "nights.night",
    "deliver": "nights.deliver",
    "tasks": "looking.tasks",
    "task": "one_task.task",
    "bounces": "people.bounces",
    "explain": "one_task.explain_command",
    "forecast": "ahead.forecast_command",
    "rehearse": "rehearsing.rehearse_command",
    "reassign": "responsible.reassign_command",
    "stage": "stages.stage_command",
    "transfer": "stages.transfer_command",
    "milestones": "milestones.milestones_command",
    "exclude": "responsible.exclude_command",
    "readmit": "responsible.readmit_command",
    "hand-over": "responsible.hand_over_command",
    "backup": "backups.backup",
    "restore": "backups.restore_command",
    "health": "setting_up.health",
    "login": "setting_up.login",
    "people": "people.people",
    "lead-review": "lead_reviews.lead_review",
    "watch-list": "watch_lists.watch_list",
    "duty": "duties.duty",
    "pairing": "pairing.pairing",
    "measure": "measuring.measure",
    "score": "scoring.score",
    "look-back": "look_backs.look_back",
    "act": "recording.act",
    "outcome": "recording.outcome",
    "figure": "figures.figure",
    "report": "reports.report",
    "policy": "rules.policy",
    "procedure": "procedures.procedure",
    "calendar": "rules.calendar",
    "audit": "audits.audit",
    "client": "clients.client",
    "webhook": "webhooks.webhook",
    "secret": "keys.secret",
}


def load(name: str) -> Any:
    """The function, or the group of more, that is called so; KeyError if nothing is."""
    module, _, what = PLACES[name].partition(".")
    return getattr(import_module(f"sise.commands.{module}"), what)


class Parts(Mapping[str, Any]):
    """As Typer wants them, with their help in this language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self.built:
            self.built[name] = _built(name, load(name))
            if self.language != ENGLISH:
                in_chinese(self.built[name])
        return self.built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


def _built(name: str, part: Any) -> Any:
    if isinstance(part, typer.Typer):
        group = typer.main.get_group(part)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False)
    alone.command(name)(part)
    return typer.main.get_command(alone)


def whole(language: str) -> TyperGroup:
    """`sise` itself."""
    command = TyperGroup(
        name="sise",
        help="Every task has its official and deadline; overdue ones turn blue, yellow, red.",
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    if language != ENGLISH:
        in_chinese(command)
    command.commands = Parts(language)  # type: ignore[assignment]  # none is added to them
    return command

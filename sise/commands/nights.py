"""Playing a night, and sending what the outbox owes."""

import sys
from threading import Event
from typing import Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from flows import delivery
from flows.database import look
from flows.delivery_round import Delivered
from flows.hooks.sending import HooksSent, send_webhooks
from flows.mail_waits import why_waiting
from flows.night import NightRun, Step, rehearse_night, run_night
from flows.night_dates import LAST_NIGHT, refuse_or_stored
from flows.orchestrated import run_orchestrated_night
from flows.outbox import Outbox
from flows.pauses import end_pause
from models.warning import Colour
from notifications.wording import colour_word
from sise import clock
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge, out, progress
from sise.commands.stopping import stoppable

STEP_WORDS = {
    "sweep": ("检查时限、升级颜色", "looking at the clocks"),
    "issue": ("签发预警单", "issuing notices"),
    "compose": ("编写督办邮件", "composing digests"),
    "deliver": ("发送邮件", "sending mail"),
    "report": ("编写晨报", "writing the morning summary"),
    "send-summary": ("发送晨报", "sending the summary"),
    "close": ("归档本次检查", "closing the run"),
}
RUNNERS = {"inline": ("本机直接执行", "inline"), "dry-run": ("预演", "dry run")}
WAITING = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())


def night(
    date: Annotated[str | None, typer.Option(help="Business date; today if not given.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what it would do; write nothing.")
    ] = False,
    inline: Annotated[
        bool, typer.Option("--inline", help="Without Prefect, in this process.")
    ] = False,
    json: Json = False,
) -> None:
    """Run one night: escalate what is overdue, issue notices, mail the people responsible."""
    edge = open_edge()
    on = edge.today if date is None else a_date(date)
    last = look(edge.office.engine, LAST_NIGHT)
    played_before = refuse_or_stored(last, on, None if dry_run else edge.today)
    with progress(*WAITING) as bar:
        doing = bar.add_task(edge.both("正在执行夜间检查", "playing the night"))

        def step(one: Step, run: NightRun) -> None:
            bar.update(doing, description=edge.both(*STEP_WORDS[one.name]))
            one.act(run)

        if dry_run:
            result = rehearse_night(edge.office, on=on, now=edge.now)
        elif inline:
            result = run_night(edge.office, on=on, now=edge.now, run_step=step)
        else:
            result = run_orchestrated_night(edge.office, on=on, now=edge.now)
    if json:
        as_json(result)
    else:
        if played_before:
            edge.say(
                "这一天的夜间检查已执行过，以下是当时的结果；之后导入的事项由下一次检查处理。",
                "This night was played before; here is what it came to. What was imported since "
                "is for the next one.",
            )
        show(edge, result)


def show(edge: Edge, result: dict[str, Any]) -> None:
    """One night in a few lines that an official understands."""
    if result["orchestrator"] == "dry-run":
        edge.say("预演：以下内容均未写入", "Rehearsal: nothing was written", style="bold")
    seconds = result["seconds"]
    by = edge.both(*RUNNERS.get(result["orchestrator"], ("Prefect", "Prefect")))
    edge.say(
        f"{result['date']} 夜间检查（{by}，{seconds} 秒）",
        f"The night of {result['date']} ({by}, {seconds} s)",
        style="bold",
    )
    raised = edge.both("，", ", ").join(
        f"{colour_word(Colour(c), edge.language)} {n}" for c, n in result["escalated"].items() if n
    ) or edge.both("无", "none")
    edge.say(
        f"检查在办事项 {result['scanned']} 件；升级：{raised}；解除或降级 {result['relieved']} 件",
        f"{result['scanned']} open tasks looked at; raised: {raised}; "
        f"{result['relieved']} relieved",
    )
    edge.say(
        f"签发预警单 {result['notices']} 份，告知 {result['recipients']} 人；"
        f"找不到责任人 {result['unresolved']} 处",
        f"{result['notices']} notices, {result['recipients']} people told; "
        f"{result['unresolved']} posts nobody could be found for",
    )
    _show_mail(edge, result["messages"])


def _show_mail(edge: Edge, mail: dict[str, int]) -> None:
    edge.say(
        f"邮件：编写 {mail['queued']}，已发 {mail['sent']}，待发 {mail['deferred']}，"
        f"退回 {mail['failed']}，结果不明 {mail['unknown']}",
        f"Mail: {mail['queued']} composed, {mail['sent']} sent, {mail['deferred']} waiting, "
        f"{mail['failed']} refused, {mail['unknown']} unknown",
    )
    if mail["deferred"] and (why := why_waiting(edge.office, now=edge.now)):
        out.print(f"· {why.said(edge.language)}")


def deliver(
    workers: Annotated[int, typer.Option(min=1, max=16, help="Connections at once.")] = 2,
    json: Json = False,
) -> None:
    """Send what the outbox owes now, and the webhooks."""
    edge = open_edge()
    # Not by cron: a wrong password that is tried every minute locks a mailbox.
    if sys.stdin is not None and sys.stdin.isatty():
        end_pause(edge.office, edge.now)
    with stoppable() as stopping:
        done = _deliver(edge, workers, stopping.asked)
        hooks = send_webhooks(edge.office, now=clock.now(), stopping=stopping.asked)
        _say_delivered(edge, done, hooks, json)


def _deliver(edge: Edge, workers: int, asked: Event) -> Delivered:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with progress(*columns) as bar:
        doing = bar.add_task(
            edge.both("正在发送邮件", "sending mail"), total=Outbox(edge.office.engine).queued()
        )
        return delivery.deliver(
            edge.office,
            now=edge.now,
            workers=workers,
            done=lambda address: bar.advance(doing),
            stopping=asked,
            patient=True,
        )


def _say_delivered(edge: Edge, done: Delivered, hooks: HooksSent, json: bool) -> None:
    if json:
        as_json(
            {
                "sent": done.sent,
                "failed": done.failed,
                "unknown": done.unknown,
                "skipped": done.skipped,
                "deferred": done.waiting,
                "why": done.why.said(edge.language) if done.why else "",
                "webhooks": {"taken": hooks.taken, "failed": hooks.failed},
            }
        )
        return
    edge.say(
        f"已发 {done.sent}，退回 {done.failed}，结果不明 {done.unknown}，"
        f"无需再发 {done.skipped}，待发 {done.waiting}",
        f"{done.sent} sent, {done.failed} refused, {done.unknown} unknown, "
        f"{done.skipped} no longer owed, {done.waiting} waiting",
    )
    if done.why:
        out.print(f"· {done.why.said(edge.language)}")
    if hooks.taken or hooks.failed:
        edge.say(
            f"推送：已收下 {hooks.taken}，未收下 {hooks.failed}",
            f"Webhooks: {hooks.taken} taken, {hooks.failed} not",
        )

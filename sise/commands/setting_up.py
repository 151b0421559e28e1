"""Setting up an office, looking after it, and the first way in."""

import typer

from flows.database import place_of, transaction
from flows.health import check
from flows.schema import upgrade
from flows.signing_in import offer_sign_in
from flows.signoff.office_acts import official_at
from seeds.load import load_rulebook
from sise.commands.edge import Json, as_json, open_edge, out


def init(json: Json = False) -> None:
    """Create or upgrade the database; load the shipped policies, procedures and calendar."""
    edge = open_edge(check_schema=False)
    changed = upgrade(edge.office.engine)
    with transaction(edge.office.engine, edge.now) as session:
        loaded = load_rulebook(session, now=edge.now)
    if json:
        as_json(
            {
                "database": edge.office.engine.url.render_as_string(),
                "upgraded": changed,
                "policies": [p.name for p in loaded.policies],
                "procedures": [p.name for p in loaded.procedures],
                "lists": [one.name for one in loaded.lists],
            }
        )
        return
    place = place_of(edge.office.engine)
    edge.say(
        f"数据库已{'建立或升级' if changed else '是最新版本'}：{place}",
        f"The database {'was set up' if changed else 'is up to date'}: {place}",
    )
    edge.say(
        f"已装入 {len(loaded.policies)} 套预警规则、{len(loaded.procedures)} 类事项、"
        f"{len(loaded.lists)} 张清单。"
        "下一步：sise import 台账.xlsx --dry-run",
        f"{len(loaded.policies)} policies, {len(loaded.procedures)} procedures and "
        f"{len(loaded.lists)} lists are loaded. "
        "Next: sise import LEDGER.xlsx --dry-run",
    )


def health(json: Json = False) -> None:
    """0 if the last night is not late and nothing is stuck."""
    edge = open_edge()
    found = check(edge.office, edge.now)
    if json:
        as_json(
            {
                "ok": found.ok,
                "last_night_on": found.last_night_on,
                "problems": found.problems,
                "warnings": found.warnings,
            }
        )
    else:
        edge.say(
            f"最近一次夜间检查：{found.last_night_on or '尚无'}",
            f"Last night: {found.last_night_on or 'none yet'}",
        )
        for warning in found.warnings:
            out.print(f"· {warning}")
        for problem in found.problems:
            out.print(f"✗ {problem}", style="red")
        if found.ok:
            edge.say("✓ 运行正常", "✓ all is well", style="green")
    if not found.ok:
        raise typer.Exit(1)


def login(email: str, json: Json = False) -> None:
    """Print a one-time sign-in link, for the first administrator."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        official = official_at(session, email)
        token = offer_sign_in(session, official, edge.now)
    url = f"{edge.settings.base_url}/login/{token}"
    if json:
        as_json({"official": official.name, "url": url})
        return
    edge.say(
        f"{official.name} 的一次性登录链接（30 分钟内有效）：",
        f"One-time sign-in link for {official.name} (valid for 30 minutes):",
    )
    out.print(url)
    if "base_url" not in edge.settings.model_fields_set:
        edge.say(
            "网页若在其他地址或端口运行，请换成那个地址，或设置 SISE_BASE_URL。",
            "If the pages run at another address or port, put that in its place, or set "
            "SISE_BASE_URL.",
            style="dim",
        )

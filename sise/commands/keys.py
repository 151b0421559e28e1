"""`sise secret`: the keys behind the links and sessions, renewed or withdrawn."""

from dataclasses import asdict

import typer

from flows.link_keys import drop_keys
from sise.commands.edge import Json, as_json, open_edge

secret = typer.Typer(help="The keys behind links and sessions.", no_args_is_help=True)


@secret.command("rotate")
def rotate(json: Json = False) -> None:
    """Add a new key, for everything from now on; what the older ones made stays good."""
    edge = open_edge(check_schema=False)
    edge.office.ring.rotate()
    keys = len(edge.office.ring.keys)
    if json:
        as_json({"keys": keys})
        return
    edge.say(
        f"已启用新密钥，现共 {keys} 个；已发出的链接和登录仍然有效。"
        "有多台机器时，请把 SISE_HOME/secret 复制到每一台",
        f"A new key is in use, there are {keys} now; links that were sent and sessions stay good. "
        "Where there are several machines, copy SISE_HOME/secret to each",
    )


@secret.command("drop")
def drop(json: Json = False) -> None:
    """The emergency brake: leave the newest key alone, so that no earlier link opens any more."""
    edge = open_edge()
    done = drop_keys(edge.office, edge.now)
    if json:
        as_json(asdict(done))
    elif not done.keys:
        edge.say(
            "只有一个密钥，没有可停用的；请先执行 sise secret rotate",
            "There is one key only, and none to drop; run 'sise secret rotate' first",
        )
    else:
        edge.say(
            f"已停用 {done.keys} 个旧密钥：已发邮件中的 {done.void} 个链接、"
            "此前的登录和验证码全部作废；"
            f"尚未发出的邮件中的 {done.renewed} 个链接已换用新密钥",
            f"{done.keys} keys were dropped: {done.void} links of mails that were sent are void, "
            "and so are all sessions and codes that they signed; "
            f"{done.renewed} links of mails that still wait were made anew",
        )

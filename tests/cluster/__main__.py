"""`make cluster`: a night for each thing that may happen, and what is true afterwards."""

import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.table import Table

from tests.cluster.hosts import HERE, NotHere, hosts
from tests.cluster.office import PEOPLE, TASKS, Proved, Shared
from tests.cluster.scenarios import SCENARIOS, Cluster, Gate
from tests.cluster.servers import Database, PrefectServer, Worker
from tests.smtp_peers import peer

FIRST = date(2022, 7, 14)
console = Console(width=150)


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    only: str = parser.parse_args().only
    chosen = {name: scenario for name, scenario in SCENARIOS.items() if only in name}
    try:
        with cluster() as all_hosts:
            faults = prove(all_hosts, chosen)
    except NotHere as reason:
        console.print(f"This machine allows no network namespaces, so nothing was proved: {reason}")
        sys.exit(1)
    sys.exit(1 if faults else 0)


@contextmanager
def cluster() -> Iterator[Cluster]:
    gate = Gate()
    with (
        tempfile.TemporaryDirectory(prefix="sise-cluster-") as folder,
        hosts("db", "api", "w1", "w2") as (db, api, *at_work),
        peer(gate, HERE) as relay,
    ):
        home = Path(folder)
        home.chmod(0o755)  # PostgreSQL is not root
        database, server = Database(db, home / "db"), PrefectServer(api, home / "api")
        database.make()
        database.start()
        server.start()
        server.deploy()
        shared = Shared(database, home / "office")
        shared.make()
        workers = {}
        for host in at_work:
            workers[host.address] = Worker(
                host, home / host.name, settings(server, database, relay)
            )
            shared.give_keys(home / host.name)
            workers[host.address].start()
        yield Cluster(shared, database, server, workers, relay, gate)
        shared.office.engine.dispose()


def settings(server: PrefectServer, database: Database, relay: object) -> dict[str, str]:
    return server.environment | {
        "SISE_DATABASE_URL": database.url("sise"),
        "SISE_SMTP_URL": relay.url,
        "SISE_MAIL_HOURS": "always",
        "SISE_BASE_URL": "http://sise.example",
        "SISE_MAIL_FROM": "sise@office.example",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
    }


def prove(all_hosts: Cluster, chosen: dict) -> list[str]:
    """What was wrong."""
    table = Table(
        title=f"{len(chosen)} nights on two workers, {TASKS} tasks due in each, {PEOPLE} people"
    )
    for heading in (
        *("what happened", "rows as if undisturbed", "raised", "mails lost, twice", "ledger"),
        *("claimed", "parts of the sweep by", "s"),
    ):
        table.add_column(heading)
    wrong = []
    days = (FIRST + timedelta(days=n) for n in count())
    # The eve is a working day: else what is due then is due on the Monday that follows.
    nights = list(islice((on for on in days if (on.weekday() + 6) % 7 < 5), len(chosen)))
    all_hosts.shared.open_tasks(nights)
    for on, (name, scenario) in zip(nights, chosen.items(), strict=True):
        began = monotonic()
        found = all_hosts.play(on, scenario)
        faults = [f"{name}: {said}" for said in (found.rows, found.mail, found.ledger) if said]
        wrong += faults
        table.add_row(name, *row(found), f"{monotonic() - began:.0f}")
        console.print(*(faults or [f"{name}: as it should be"]), style="dim", soft_wrap=True)
    console.print(table)
    for said in wrong:
        console.print(said, style="red", soft_wrap=True)
    return wrong


def row(found: Proved) -> list[str]:
    return [
        "no" if found.rows else "yes",
        str(found.raised),
        found.mail or f"0, {found.twice}",
        found.ledger or "true",
        f"{found.epoch}×",
        found.parts,
    ]


if __name__ == "__main__":
    main()

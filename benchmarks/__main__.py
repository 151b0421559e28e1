"""All benchmarks in one run: each part in a process of its own, so that its memory is its own; then
one table of what they found, and the same as one JSON file."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks.row import Row, show, write

PARTS = ("sweep", "night", "growth", "ledger", "mail", "desk")


class Failed(Exception):
    """A part came to no end; says why in one sentence."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", type=_parts, default=PARTS, help=f"of {','.join(PARTS)}")
    parser.add_argument("--small", action="store_true", help="a quick look, which says little")
    parser.add_argument("--json", type=Path, default=Path("var/bench.json"), help="where it goes")
    given = parser.parse_args()
    rows, failed = list[Row](), dict[str, str]()
    for part in given.only:
        began = perf_counter()
        try:
            for row in _run(part, small=given.small):
                rows.append(row)
                _say(f"  {row.what}, {row.size}: {row.figure:.3g} {row.unit}")
        except Failed as error:
            failed[part] = str(error)
        _say(f"{part}: {failed.get(part, 'done')} ({perf_counter() - began:,.0f} s)")
    show(rows)
    write(given.json, rows, small=given.small, failed=failed)
    print(f"written to {given.json}")
    for part, why in failed.items():
        print(f"{part} failed: {why}")
    sys.exit(1 if failed else 0)


def _run(part: str, *, small: bool) -> Iterator[Row]:
    command = [sys.executable, "-m", f"benchmarks.{part}", "--lines", *["--small"] * small]
    with tempfile.TemporaryFile("w+") as stderr:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                yield Row.read(line)
        if child.returncode:
            stderr.seek(0)
            said = [line.strip() for line in stderr if line.strip()]
            raise Failed(said[-1] if said else f"it ended with {child.returncode}")


def _parts(said: str) -> tuple[str, ...]:
    chosen = tuple(said.split(","))
    if unknown := set(chosen) - set(PARTS):
        raise argparse.ArgumentTypeError(f"no part is called {', '.join(sorted(unknown))}")
    return chosen


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

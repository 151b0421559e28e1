"""The beginning of a process of `sise`, also as `python -m sise`."""

import gc
import sys


def main() -> None:
    gc.disable()  # of what is imported nothing goes: to look for it took as long as the rest
    from sise.main import run
    from sise.parts import PLACES, load

    for name in sys.argv[1:2]:
        if name in PLACES:  # else `run` says what is wrong
            load(name)
    gc.freeze()  # nor does anybody look through it again: not even the end of the process
    gc.enable()
    run()


if __name__ == "__main__":
    main()

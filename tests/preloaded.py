"""What a process has loaded that is forked for a test (tests/forked.py). Nothing of it goes: it is
not looked through, neither here nor in those forked, which would have to copy it."""

import gc
from importlib import import_module

gc.disable()
for name in ("tests.killing", "tests.flows.dying_night", "flows.hooks.sending"):
    import_module(name)
gc.freeze()

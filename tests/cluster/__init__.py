"""The night on several machines: hosts are network namespaces, everything in them is real.

`make cluster`; docs/prefect.md tells what it proves and what not.
"""

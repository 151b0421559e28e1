"""The sign-off: how a task leaves the ledger, what is asked for on the way, and who decides."""

"""The `sise` commands, one file for each kind of act. Every one is an edge: it reads the settings
and the clock, opens the transaction, and passes both down."""

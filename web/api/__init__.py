"""The HTTP API for programs: `/api/v1`, JSON, a token for each client."""

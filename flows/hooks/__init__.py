"""Webhooks: other programs are told of transitions, signed, until they have answered."""

"""The demo district, played once."""

from tests.district import played  # noqa: F401  # a fixture

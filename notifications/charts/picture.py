"""A chart as PNG, for what shows no SVG. The one place that knows resvg."""

from functools import cache, lru_cache

import resvg_py

ZOOM = 3  # points of the picture to one of the chart: sharp in print


def png(svg: str) -> bytes | None:
    """None: no font of this machine has Chinese, so that its words would be missing."""
    return _kept(svg) if draws_chinese() else None


@cache
def draws_chinese() -> bool:
    """Two characters look alike only if neither of them is drawn."""
    return _drawn(_one("督")) != _drawn(_one("办"))


def _one(character: str) -> str:
    letter = f'<text y="12" font-family="sans-serif" font-size="12">{character}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="12" height="14">{letter}</svg>'


def _drawn(svg: str) -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM, background="#ffffff"))


# A paper is looked at, and printed, and each copy shows the same charts.
_kept = lru_cache(maxsize=16)(_drawn)

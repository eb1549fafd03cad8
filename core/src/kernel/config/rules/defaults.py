"""The default config, read once from `default.cfg`."""

from __future__ import annotations

from importlib.resources import files

from kernel.config.format.document import Config

#: The default values of every section.
DEFAULT_CONFIG = Config().from_str(
    files("kernel.config").joinpath("default.cfg").read_text("utf8"), interpolate=False, file="default.cfg"
)
DEFAULT_CONFIG.sources = {}

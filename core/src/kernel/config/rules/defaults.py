"""The default config, read from `default.cfg` once."""

from __future__ import annotations

from importlib.resources import files

from kernel.config.format.document import Config

#: The values of every section that a config need not write.
DEFAULT_CONFIG = Config().from_str(
    files("kernel.config").joinpath("default.cfg").read_text("utf8"), interpolate=False, file="default.cfg"
)
DEFAULT_CONFIG.sources = {}

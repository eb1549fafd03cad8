"""Files, checksums and threads: the interface to the operating system."""

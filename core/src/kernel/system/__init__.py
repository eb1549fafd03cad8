"""Files, checksums, threads: the operating system's side."""

"""`python -m kernel` is the same command as `kernel`."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from kernel.cli import run

    run()


if __name__ == "__main__":
    main()

"""`python -m kernel` is the same command as `kernel`."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    import kernel

    if not hasattr(kernel, "hookimpl"):
        # The other distribution of this name has overwritten `kernel/__init__.py`; this module is still ours.
        from kernel.namesake import conflict_anywhere

        raise SystemExit(f"Error: {conflict_anywhere()}")
    from kernel.cli import run

    run()


if __name__ == "__main__":
    main()

"""`python -m kernel` is the same command as `kernel`."""

from __future__ import annotations

#: The exit code of a program that Ctrl-C ends; what knows more of them has not been imported when this is needed.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    import kernel

    if not hasattr(kernel, "hookimpl"):
        # The other distribution of this name has overwritten `kernel/__init__.py`; this module is still ours.
        from kernel.system.import_name import conflict_anywhere

        raise SystemExit(f"Error: {conflict_anywhere()}")
    try:
        from kernel.cli import run
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None

    run()


if __name__ == "__main__":
    main()

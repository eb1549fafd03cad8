"""Run the command line as `python -m kernel`, the same as `kernel`."""

from __future__ import annotations

#: The exit code after Ctrl-C, repeated here because `kernel.cli.exits` may not be imported yet.
_INTERRUPTED = 130


def main() -> None:
    """Run the command line."""
    import kernel

    if not hasattr(kernel, "hookimpl"):
        # Another distribution named `kernel` has overwritten `kernel/__init__.py`; this module is still ours.
        from kernel.system.import_name import conflict_anywhere

        raise SystemExit(f"Error: {conflict_anywhere()}")
    try:
        from kernel.cli import run
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None

    run()


if __name__ == "__main__":
    main()

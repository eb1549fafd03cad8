"""A structure-aware fuzzer: inputs are taken apart, a few of their parts are changed, and they are written again.

`mutating` changes values, `formats` takes files apart, `material` makes what is changed, `targets` says how each input
is written and read, `server` forks a process for each and says how it ended. `tests/fuzz.py` is the command.
"""

"""Memory that is asked for before weights are read or written."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from kernel.pipeline.saving.memory_check import check_room
if sys.argv[1] == "limited":
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, resource.RLIM_INFINITY))
check_room(1 << 20)
try:
    check_room(1 << 30)
except MemoryError:
    print("refused")
"""


@pytest.mark.skipif(os.name == "nt", reason="has no such limits")
@pytest.mark.parametrize(("limit", "said"), [("limited", "refused\n"), ("unlimited", "")])
def test_weights_that_a_limit_of_memory_leaves_no_room_for_are_refused(limit: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, limit],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.stdout, done.stderr, done.returncode) == (said, "", 0)

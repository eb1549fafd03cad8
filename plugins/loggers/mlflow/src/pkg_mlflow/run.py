"""One run in an MLflow store, which several processes may continue, one after the other."""

from __future__ import annotations

import logging
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")

#: Tag by which to find the run of a training, even if it was killed before its first checkpoint.
MARK = "kernel.run"
#: MLflow's limits: params per batch, and characters per value.
_N_PARAMS, _N_CHARS = 100, 6000
#: The MLflow status by the code of how a training stopped; FINISHED for all others.
_STATUS = {"error": "FAILED", "not_finite": "FAILED", "interrupted": "KILLED"}
#: Characters that MLflow does not allow in the name of a metric or param.
_UNNAMED = re.compile(r"[^\w/.: -]")
#: Defaults that users can override in the environment: training should not wait long for an unreachable server, and
#: should not report the use of MLflow.
_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}


class MlflowRun:
    """A run that is created at its first evaluation.

    Args:
        tracking_uri: The store; None for MLflow's own setting.
        params: The config by dotted names.
        tags: Tags of the run.
        run_id: An existing run.
        experiment_id: The experiment of a new run.
        run_name: Name of a new run.
        nested: Whether to make a new run a child of the active one.
    """

    def __init__(
        self,
        tracking_uri: str | None,
        params: Mapping[str, str],
        tags: Mapping[str, str],
        *,
        run_id: str | None,
        experiment_id: str | None,
        run_name: str | None,
        nested: bool,
    ) -> None:
        self.tracking_uri = tracking_uri
        self.params = params
        self.tags = tags
        self.run_id = run_id
        self.experiment_id = experiment_id or "0"
        self.run_name = run_name
        self.nested = nested
        self.mark = secrets.token_hex(8)
        self.last_step = -1
        self._client: Any = None

    def begin(self, step: int) -> bool:
        """Create or continue the run if necessary; return whether a step has not been written yet."""
        if self._client is None:
            client = _client(self.tracking_uri)
            self.run_id = self.run_id or self._find_run(client) or self._create_run(client)
            client.update_run(self.run_id, status="RUNNING")  # a resumed run was ended before
            history = client.get_metric_history(self.run_id, "score")
            self.last_step = max((one.step for one in history), default=-1)
            self._client = client
        return step > self.last_step

    def log(self, values: Mapping[str, float], step: int) -> None:
        """Write the numbers of a step."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        metrics = [Metric(_UNNAMED.sub("_", name), value, now, step) for name, value in values.items()]
        # Up to 1,000 per batch; the score, by which a step counts as written, goes last.
        for part in _parts(metrics[::-1], 1000):
            self._client.log_batch(self.run_id, metrics=part)
        self.last_step = step

    def store(self, folder: str, name: str) -> None:
        """Store a folder as an artifact of the run."""
        self._client.log_artifacts(self.run_id, folder, name)

    def state(self) -> dict[str, Any]:
        """Return the state, for resuming the run in another process."""
        return {"mark": self.mark, "run_id": self.run_id}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Resume a run; call it before the first evaluation in this process."""
        self.mark, self.run_id = state["mark"], state["run_id"]

    def end(self, code: str) -> None:
        """End the run with the status for a stop code."""
        if self._client is not None:
            self._client.set_terminated(self.run_id, _STATUS.get(code, "FINISHED"))
            self._client = None

    def _find_run(self, client: Any) -> str | None:
        """Return the id of a run that a killed process created for this training, or None."""
        runs = client.search_runs([self.experiment_id], f"tags.`{MARK}` = '{self.mark}'", max_results=1)
        return str(runs[0].info.run_id) if runs else None

    def _create_run(self, client: Any) -> str:
        import mlflow

        tags = {**self.tags, MARK: self.mark}
        if self.nested and (parent := mlflow.active_run()) is not None:
            tags["mlflow.parentRunId"] = parent.info.run_id
        run_id = str(client.create_run(self.experiment_id, tags=tags, run_name=self.run_name).info.run_id)
        params = [
            mlflow.entities.Param(_UNNAMED.sub("_", name), value[:_N_CHARS])
            for name, value in self.params.items()
        ]
        for part in _parts(params, _N_PARAMS):
            client.log_batch(run_id, params=part)
        return run_id


def _client(tracking_uri: str | None) -> Any:
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    from mlflow.tracking import MlflowClient

    for name in ("mlflow.store.db.utils", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)  # hide the migrations of a new database
    return MlflowClient(tracking_uri=tracking_uri)


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]

"""Scores of predictions: `from kernel.scorer import Scorer`."""

from kernel.pipeline.scoring.scorer import MISSING_VALUES as MISSING_VALUES
from kernel.pipeline.scoring.scorer import PRFScore as PRFScore
from kernel.pipeline.scoring.scorer import ROCAUCScore as ROCAUCScore
from kernel.pipeline.scoring.scorer import Scorer as Scorer
from kernel.pipeline.scoring.scorer import get_ner_prf as get_ner_prf

"""The public door to scores: `from kernel.scorer import Scorer`."""

from kernel.pipeline.scorer import MISSING_VALUES as MISSING_VALUES
from kernel.pipeline.scorer import PRFScore as PRFScore
from kernel.pipeline.scorer import ROCAUCScore as ROCAUCScore
from kernel.pipeline.scorer import Scorer as Scorer
from kernel.pipeline.scorer import get_ner_prf as get_ner_prf

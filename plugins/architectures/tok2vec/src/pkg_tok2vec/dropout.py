"""Dropout of single values, and of whole columns."""

from __future__ import annotations

from typing import Any

from thinc.api import Model


def dropout_mask(model: Model[Any, Any], shape: tuple[int, ...], is_train: bool) -> Any:
    """Draw a mask of 0 and 1 / (1 - rate) by the layer's own rate; None when nothing is to be dropped.

    Args:
        model: Its attribute `dropout_rate` is what `thinc.api.set_dropout_rate` sets before each update.
        shape: Of the values to drop; (O,) drops whole columns.
        is_train: Prediction drops nothing.
    """
    rate = model.attrs.get("dropout_rate", 0.0)
    return model.ops.get_dropout_mask(shape, rate) if is_train and rate else None

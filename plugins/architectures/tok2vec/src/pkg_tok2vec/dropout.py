"""Dropout of single values, and of whole columns."""

from __future__ import annotations

from typing import Any

from thinc.api import Model


def dropout_mask(
    model: Model[Any, Any], shape: tuple[int, ...], is_train: bool, attribute: str = "dropout_rate"
) -> Any:
    """Draw a mask of 0 and 1 / (1 - rate) by the layer's own rate; None when nothing is to be dropped.

    Args:
        model: The layer.
        shape: Of the values to drop; (O,) drops whole columns.
        is_train: Prediction drops nothing.
        attribute: The layer's attribute that has the rate; `thinc.api.set_dropout_rate` sets `dropout_rate` before
            each update.
    """
    rate = model.attrs.get(attribute, 0.0)
    return model.ops.get_dropout_mask(shape, rate) if is_train and rate else None

"""Dropout masks for single values and for whole columns."""

from __future__ import annotations

from typing import Any

from thinc.api import Model


def dropout_mask(
    model: Model[Any, Any], shape: tuple[int, ...], is_train: bool, attribute: str = "dropout_rate"
) -> Any:
    """Draw a mask of 0 and 1 / (1 - rate) at the layer's rate; None if nothing is to be dropped.

    Args:
        model: The layer.
        shape: Shape of the mask; (O,) drops whole columns.
        is_train: Whether the layer is in training; prediction drops nothing.
        attribute: Name of the layer's attribute with the rate; `thinc.api.set_dropout_rate` sets `dropout_rate`
            before each update.
    """
    rate = model.attrs.get(attribute, 0.0)
    return model.ops.get_dropout_mask(shape, rate) if is_train and rate else None

"""A device that is none: arrays that NumPy cannot touch, for finding code that would fail on a GPU.

`DeviceArray` holds a NumPy array and behaves as CuPy's arrays do where it matters: only functions of its own namespace
(`ops.xp`) and its own methods take it; NumPy's arrays and it cannot be mixed; it becomes a NumPy array by `get`, that
is `ops.to_numpy`, and never by itself.

Source: the rules are those of cupy 13 (`ndarray.__array__`, `__array_ufunc__`); it lets some mixtures pass, such as
NumPy's arrays as indices, which here are refused too because they copy at each use.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
from thinc.api import NumpyOps, Ops, get_current_ops, set_current_ops

#: The functions that bring NumPy's arrays to the device.
_ENTRANCES = ("array", "asarray", "ascontiguousarray", "asfortranarray")


class DeviceArray:
    """An array that NumPy cannot touch."""

    # NumPy's operators leave the work to ours, which refuse it.
    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, data: np.ndarray[Any, Any]) -> None:
        self._data = data

    def get(self) -> np.ndarray[Any, Any]:
        """Copy to the CPU."""
        return np.array(self._data)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("an array on the device became one of NumPy's without being asked; use ops.to_numpy")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._data, name)
        return _Function(value) if callable(value) else _onto(value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_data":
            object.__setattr__(self, name, value)
        else:
            setattr(self._data, name, value)

    def __getitem__(self, key: Any) -> Any:
        return _onto(self._data[_off(key)])

    def __setitem__(self, key: Any, value: Any) -> None:
        self._data[_off(key)] = _off(value)

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[DeviceArray]:
        return (_onto(value) for value in self._data)

    def __bool__(self) -> bool:
        return bool(self._data)

    def __int__(self) -> int:
        return int(self._data)

    def __float__(self) -> float:
        return float(self._data)

    def __index__(self) -> int:
        return operator.index(self._data)

    def __repr__(self) -> str:
        return f"DeviceArray({self._data!r})"


def _add_operators() -> None:
    """Give `DeviceArray` the operators of arrays: plain, reflected and in place."""
    names = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor"]
    plain = [f"__{name}__" for name in names]
    reflected = [f"__r{name}__" for name in names]
    compared = [f"__{name}__" for name in ("eq", "ne", "lt", "le", "gt", "ge")]
    for name in (*plain, *reflected, *compared, "__divmod__"):
        setattr(DeviceArray, name, _operator(name))
    for name in (f"__i{name}__" for name in names):
        setattr(DeviceArray, name, _in_place(name))
    for name in ("__neg__", "__pos__", "__abs__", "__invert__"):
        setattr(DeviceArray, name, _operator(name))


def _operator(name: str) -> Callable[..., Any]:
    def apply(self: DeviceArray, *others: Any) -> Any:
        return _onto(getattr(self._data, name)(*(_off(other) for other in others)))

    return apply


def _in_place(name: str) -> Callable[..., Any]:
    def apply(self: DeviceArray, other: Any) -> DeviceArray:
        self._data = getattr(self._data, name)(_off(other))
        return self

    return apply


class _Function:
    """A function of NumPy's for arrays on the device; `enter` lets it take NumPy's arrays."""

    def __init__(self, function: Callable[..., Any], enter: bool = False) -> None:
        self._function, self._enter = function, enter

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = [_off(arg, self._enter) for arg in args]
        named = {name: _off(arg, self._enter) for name, arg in kwargs.items()}
        out = kwargs.get("out")
        found = self._function(*given, **named)
        return out if isinstance(out, DeviceArray) else _onto(found)

    def __getattr__(self, name: str) -> Any:
        """Give methods of a ufunc: `xp.add.at`."""
        return _Function(getattr(self._function, name))


class _Namespace:
    """NumPy's functions, for arrays on the device only."""

    ndarray = DeviceArray

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if isinstance(value, ModuleType):
            return _Namespace(value)
        if isinstance(value, type) or not callable(value):
            return value
        return _Function(value, enter=name in _ENTRANCES)


class DeviceOps(Ops):  # type: ignore[misc, unused-ignore]
    """Thinc's operations on `DeviceArray`."""

    name = "device"
    xp: Any = _Namespace(np)

    def to_numpy(self, data: Any, *, byte_order: str | None = None) -> Any:
        """Copy to the CPU."""
        found = data.get() if isinstance(data, DeviceArray) else data
        return found if byte_order is None else found.astype(found.dtype.newbyteorder(byte_order))

    # Thinc's own ask for the type of an array, and know NumPy's and CuPy's alone.

    def flatten(self, X: Any, dtype: Any = None, pad: int = 0, ndim_if_empty: int = 2) -> Any:  # noqa: N803
        """Put a list of arrays together into one, with rows of zeros around each where `pad` says so."""
        if not X:
            return self.alloc((0,) * ndim_if_empty, dtype=dtype or "f")
        parts = [part for part in X if part.size]
        if not parts:
            return self.alloc(X[0].shape, dtype=dtype or "f")
        if pad:
            zeros = self.alloc((pad, *parts[0].shape[1:]), dtype=parts[0].dtype)
            parts = [zeros, *(one for part in parts for one in (part, zeros))]
        whole = self.xp.concatenate(parts)
        return whole if dtype is None else whole.astype(dtype)

    def unflatten(self, X: Any, lengths: Any, pad: int = 0) -> Any:  # noqa: N803
        """Cut an array into a list again."""
        sizes = [int(length) for length in self.to_numpy(lengths)]
        cuts = [size + pad if size else 0 for size in sizes]
        starts = [sum(cuts[:place]) for place in range(len(cuts))]
        return [X[start + (pad if cut else 0) : start + cut] for start, cut in zip(starts, cuts, strict=True)]

    def backprop_mish(self, dY: Any, X: Any, threshold: float = 20.0, inplace: bool = False) -> Any:  # noqa: N803
        """Give the gradient of x · tanh(log(1 + e^x)); above the threshold that is x."""
        xp = self.xp
        tanh = xp.tanh(xp.log1p(xp.exp(xp.minimum(X, threshold))))
        slope = xp.where(threshold <= X, 1.0, tanh + X * (1.0 - tanh**2) / (1.0 + xp.exp(-X)))
        return xp.multiply(dY, slope, out=dY) if inplace else dY * slope

    def hash(self, ids: Any, seed: int) -> Any:
        """Hash keys to four numbers each, uint32 as on the CPU and with CuPy, where Thinc's base class makes int32."""
        return self.asarray(NumpyOps().hash(ids.get(), seed))


@contextmanager
def on_a_device() -> Iterator[DeviceOps]:
    """Build and run models inside this block on arrays that NumPy cannot touch.

    Thinc's optimizers know NumPy's and CuPy's arrays alone: update with `sgd=False`.
    """
    before, ops = get_current_ops(), DeviceOps()
    set_current_ops(ops)
    try:
        yield ops
    finally:
        set_current_ops(before)


def _off(value: Any, enter: bool = False) -> Any:
    """Take arrays off the device, for NumPy; refuse NumPy's own unless they may enter."""
    if isinstance(value, DeviceArray):
        return value._data
    if isinstance(value, np.ndarray) and not enter:
        raise TypeError(
            f"an array of NumPy's among those on the device, of shape {value.shape}; use ops.asarray"
        )
    if isinstance(value, (list, tuple)):
        taken = [_off(item, enter) for item in value]
        return tuple(taken) if isinstance(value, tuple) else taken
    return value


def _onto(value: Any) -> Any:
    """Put what NumPy gave onto the device: arrays, and numbers as arrays without axes."""
    if isinstance(value, np.ndarray):
        return DeviceArray(value)
    if isinstance(value, np.generic):
        return DeviceArray(np.asarray(value))
    if isinstance(value, (list, tuple)) and any(isinstance(item, np.ndarray) for item in value):
        return tuple(_onto(item) for item in value)
    return value


_add_operators()

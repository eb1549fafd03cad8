"""A fake device whose arrays NumPy cannot touch, to find code that would fail on a GPU.

`DeviceArray` wraps a NumPy array and behaves like a CuPy array where it matters: only functions of its own namespace
(`ops.xp`) and its own methods accept it; it cannot be mixed with NumPy arrays; and it is converted to a NumPy array
only explicitly, with `get`, which `ops.to_numpy` calls.

Source: the rules are those of cupy 13 (`ndarray.__array__`, `__array_ufunc__`). CuPy allows some mixtures, such as
NumPy arrays as indices; they are rejected here as well, because each use copies the array.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
from thinc.api import NumpyOps, Ops, get_current_ops, set_current_ops

#: The functions that copy NumPy arrays to the device.
_ENTRANCES = ("array", "asarray", "ascontiguousarray", "asfortranarray")


class DeviceArray:
    """An array that NumPy cannot touch."""

    # Makes NumPy's operators defer to ours, which reject the mixture.
    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, data: np.ndarray[Any, Any]) -> None:
        self._data = data

    def get(self) -> np.ndarray[Any, Any]:
        """Copy to the CPU."""
        return np.array(self._data)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("an array on the device was implicitly converted to NumPy; use ops.to_numpy")

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
    """Add the operators of arrays to `DeviceArray`: plain, reflected and in place."""
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
    """A NumPy function for arrays on the device; with `enter` it also accepts NumPy arrays."""

    def __init__(self, function: Callable[..., Any], enter: bool = False) -> None:
        self._function, self._enter = function, enter

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        positional = [_off(arg, self._enter) for arg in args]
        named = {name: _off(arg, self._enter) for name, arg in kwargs.items()}
        out = kwargs.get("out")
        result = self._function(*positional, **named)
        return out if isinstance(out, DeviceArray) else _onto(result)

    def __getattr__(self, name: str) -> Any:
        """Return a method of a ufunc: `xp.add.at`."""
        return _Function(getattr(self._function, name))


class _Namespace:
    """NumPy's namespace for arrays on the device."""

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
        array = data.get() if isinstance(data, DeviceArray) else data
        return array if byte_order is None else array.astype(array.dtype.newbyteorder(byte_order))

    # The methods below replace Thinc's, which only work with the array types of NumPy and CuPy.

    def flatten(self, X: Any, dtype: Any = None, pad: int = 0, ndim_if_empty: int = 2) -> Any:  # noqa: N803
        """Concatenate a list of arrays, with `pad` rows of zeros before, between and after them."""
        if not X:
            return self.alloc((0,) * ndim_if_empty, dtype=dtype or "f")
        parts = [part for part in X if part.size]
        if not parts:
            return self.alloc(X[0].shape, dtype=dtype or "f")
        if pad:
            zeros = self.alloc((pad, *parts[0].shape[1:]), dtype=parts[0].dtype)
            parts = [zeros, *(array for part in parts for array in (part, zeros))]
        flat = self.xp.concatenate(parts)
        return flat if dtype is None else flat.astype(dtype)

    def unflatten(self, X: Any, lengths: Any, pad: int = 0) -> Any:  # noqa: N803
        """Split an array into a list, the inverse of `flatten`."""
        sizes = [int(length) for length in self.to_numpy(lengths)]
        cuts = [size + pad if size else 0 for size in sizes]
        starts = [sum(cuts[:i]) for i in range(len(cuts))]
        return [X[start + (pad if cut else 0) : start + cut] for start, cut in zip(starts, cuts, strict=True)]

    def backprop_mish(self, dY: Any, X: Any, threshold: float = 20.0, inplace: bool = False) -> Any:  # noqa: N803
        """Return the gradient of mish, x · tanh(log(1 + e^x)), which is x above the threshold."""
        xp = self.xp
        tanh = xp.tanh(xp.log1p(xp.exp(xp.minimum(X, threshold))))
        slope = xp.where(threshold <= X, 1.0, tanh + X * (1.0 - tanh**2) / (1.0 + xp.exp(-X)))
        return xp.multiply(dY, slope, out=dY) if inplace else dY * slope

    def hash(self, ids: Any, seed: int) -> Any:
        """Hash each key to four numbers, as uint32 like NumpyOps and CupyOps; Thinc's base class returns int32."""
        return self.asarray(NumpyOps().hash(ids.get(), seed))


@contextmanager
def on_a_device() -> Iterator[DeviceOps]:
    """Use the fake device for models built and run inside the block.

    Thinc's optimizers only work with arrays of NumPy and CuPy: update with `sgd=False`.
    """
    before, ops = get_current_ops(), DeviceOps()
    set_current_ops(ops)
    try:
        yield ops
    finally:
        set_current_ops(before)


def _off(value: Any, enter: bool = False) -> Any:
    """Unwrap arrays on the device for NumPy; reject NumPy arrays unless `enter`."""
    if isinstance(value, DeviceArray):
        return value._data
    if isinstance(value, np.ndarray) and not enter:
        raise TypeError(
            f"a NumPy array, of shape {value.shape}, is mixed with arrays on the device; use ops.asarray"
        )
    if isinstance(value, (list, tuple)):
        items = [_off(item, enter) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    return value


def _onto(value: Any) -> Any:
    """Wrap NumPy's results for the device: arrays, and scalars as zero-dimensional arrays."""
    if isinstance(value, np.ndarray):
        return DeviceArray(value)
    if isinstance(value, np.generic):
        return DeviceArray(np.asarray(value))
    if isinstance(value, (list, tuple)) and any(isinstance(item, np.ndarray) for item in value):
        return tuple(_onto(item) for item in value)
    return value


_add_operators()

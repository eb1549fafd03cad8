"""Custom extension attributes of documents, spans and tokens: `doc._.source`.

Values are stored in `doc.user_data` under ("._.", name, start, end), so they are saved and copied with the document.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, NamedTuple

from kernel.errors import DataError, did_you_mean

MARK = "._."
_NOT_GIVEN = object()


def is_added(key: Any) -> bool:
    """Return whether a key of user data belongs to an extension attribute: (mark, name, start, end)."""
    return isinstance(key, tuple) and len(key) == 4 and key[0] == MARK


class Extension(NamedTuple):
    """An extension attribute: a default, a method, or a getter and perhaps a setter."""

    default: Any = None
    method: Callable[..., Any] | None = None
    getter: Callable[[Any], Any] | None = None
    setter: Callable[[Any, Any], None] | None = None


class Extensions:
    """Base of classes that can be extended; every class has its own extension attributes."""

    __slots__ = ()
    extensions: ClassVar[dict[str, Extension]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.extensions = {}

    @classmethod
    def set_extension(
        cls,
        name: str,
        *,
        default: Any = _NOT_GIVEN,
        method: Callable[..., Any] | None = None,
        getter: Callable[[Any], Any] | None = None,
        setter: Callable[[Any, Any], None] | None = None,
        force: bool = False,
    ) -> None:
        """Add an extension attribute.

        Args:
            name: The name after `._.`.
            default: Value of objects on which none was set.
            method: Function that is called with the object and the caller's arguments.
            getter: Function that computes the value from the object.
            setter: Function that is called with the object and the assigned value.
            force: Whether to replace an attribute with the same name.
        """
        if name in cls.extensions and not force:
            raise DataError(f"{cls.__name__}._.{name}: already exists; pass force=True to replace it")
        where = f"{cls.__name__}._.{name}"
        if setter is not None and getter is None:
            raise DataError(f"{where}: a setter needs a getter; give both")
        for what, function in (("method", method), ("getter", getter), ("setter", setter)):
            if function is not None and not callable(function):
                raise DataError(f"{where}: {what} must be a function, got {function!r:.60}")
        if (default is not _NOT_GIVEN) + (method is not None) + (getter is not None) != 1:
            raise DataError(f"{where}: needs a default, a method or a getter; give one of them")
        cls.extensions[name] = Extension(None if default is _NOT_GIVEN else default, method, getter, setter)

    @classmethod
    def get_extension(cls, name: str) -> Extension | None:
        """Return the extension attribute with a name, or None."""
        return cls.extensions.get(name)

    @classmethod
    def has_extension(cls, name: str) -> bool:
        """Return whether there is an extension attribute with a name."""
        return name in cls.extensions

    @classmethod
    def remove_extension(cls, name: str) -> Extension:
        """Remove an extension attribute and return it."""
        if name not in cls.extensions:
            raise DataError(f"{cls.__name__}._.{name}: no such attribute{did_you_mean(name, cls.extensions)}")
        return cls.extensions.pop(name)


class Underscore:
    """The extension attributes of one object."""

    __slots__ = ("_end", "_of", "_start")

    def __init__(self, of: Any, start: int | None, end: int | None) -> None:
        object.__setattr__(self, "_of", of)
        object.__setattr__(self, "_start", start)
        object.__setattr__(self, "_end", end)

    def __getattr__(self, name: str) -> Any:
        extension = self._extension(name)
        if extension.getter is not None:
            return extension.getter(self._of)
        if extension.method is not None:
            return partial(extension.method, self._of)
        return self._stored(name, extension.default)

    def __setattr__(self, name: str, value: Any) -> None:
        extension = self._extension(name)
        if extension.setter is not None:
            extension.setter(self._of, value)
        elif extension.getter is not None:
            raise AttributeError(f"{type(self._of).__name__}._.{name}: is computed and has no setter")
        else:
            self._of.doc.user_data[self._key(name)] = value

    def get(self, name: str) -> Any:
        """Return the value of an extension attribute."""
        return getattr(self, name)

    def set(self, name: str, value: Any) -> None:
        """Set the value of an extension attribute."""
        setattr(self, name, value)

    def has(self, name: str) -> bool:
        """Return whether there is an extension attribute with this name."""
        return name in type(self._of).extensions

    def __dir__(self) -> list[str]:
        return ["get", "has", "set", *type(self._of).extensions]

    def _key(self, name: str) -> tuple[str, str, int | None, int | None]:
        return (MARK, name, self._start, self._end)

    def _stored(self, name: str, default: Any) -> Any:
        user_data = self._of.doc.user_data
        if self._key(name) in user_data:
            return user_data[self._key(name)]
        if isinstance(default, list | dict | set):
            # Copied: a mutable default must not be shared by all objects.
            return user_data.setdefault(self._key(name), default.copy())
        return default

    def _extension(self, name: str) -> Extension:
        extensions = type(self._of).extensions
        if name not in extensions:
            cls = type(self._of).__name__
            raise AttributeError(
                f"{cls}._.{name}: no such attribute{did_you_mean(name, extensions)}; add it with {cls}.set_extension"
            )
        extension: Extension = extensions[name]
        return extension

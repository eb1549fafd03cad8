"""What of the kernel a plugin may import: the modules listed here, whose names stay where they are within a release."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

#: Modules that say nothing but where a name is: the first place to look.
_DOORS = (
    "kernel",
    "kernel.attrs",
    "kernel.config",
    "kernel.contracts",
    "kernel.errors",
    "kernel.language",
    "kernel.lexeme",
    "kernel.limits",
    "kernel.lookups",
    "kernel.matcher",
    "kernel.morphology",
    "kernel.pipeline",
    "kernel.registry",
    "kernel.scorer",
    "kernel.strings",
    "kernel.symbols",
    "kernel.testing",
    "kernel.tokenizer",
    "kernel.tokens",
    "kernel.training",
    "kernel.util",
    "kernel.vectors",
    "kernel.vocab",
)

#: Modules with parts that plugins of one kind are built from.
_PARTS = (
    # Tokenizers and languages.
    "kernel.text.tokenizer.char_classes",
    "kernel.text.tokenizer.language_defaults",
    "kernel.text.tokenizer.punctuation",
    "kernel.text.tokenizer.tokenizer_exceptions",
    "kernel.text.tokenizer.tokenizer_rules",
    "kernel.text.vocab.lex_attrs",
    "kernel.text.vocab.lexeme_table",
    "kernel.text.vocab.underscore",
    # Matchers.
    "kernel.text.base.tree",
    "kernel.text.tokenizer.foreign_patterns",
    # Converters and readers.
    "kernel.convert.readable_text",
    "kernel.system.files",
    "kernel.text.base.json_data",
    "kernel.text.base.lines",
    "kernel.text.base.messages",
    "kernel.text.doc.docextras",
    "kernel.text.gold.annotations",
    # Components: columns of documents in, annotation out.
    "kernel.text.base.symbols",
    "kernel.text.doc.columns",
    "kernel.text.doc.doc_arrays",
    "kernel.text.doc.entities",
    "kernel.text.gold.gold_entities",
    "kernel.text.gold.gold_tree",
    "kernel.text.gold.iob",
    "kernel.text.gold.projective",
    # Components and models that learn.
    "kernel.pipeline.components.trainable",
    "kernel.pipeline.optim.finite",
    "kernel.pipeline.optim.lazy_rows",
    "kernel.pipeline.optim.losses",
    "kernel.pipeline.run.tape",
    "kernel.pipeline.run.update",
    "kernel.system.concurrency",
    # Loggers.
    "kernel.training.loggers.evaluations",
    "kernel.training.loggers.log_values",
    "kernel.training.loggers.logfile",
    "kernel.training.loggers.logger_list",
    "kernel.training.run",
)

#: The modules that a plugin may import; `docs/plugin-api.md` has their names.
PUBLIC_MODULES: tuple[str, ...] = (*_DOORS, *_PARTS)


def check_imports(package: str) -> None:
    """Check that a plugin imports of the kernel its public modules only.

    Args:
        package: The package that its code is in.
    """
    spec = find_spec(package)
    assert spec is not None, f"no package of this name can be imported, got {package!r}"
    folders = [Path(place) for place in spec.submodule_search_locations or ()]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    assert files, f"{package!r} is no package with modules in files"
    found = {
        f"{file.name} imports {module}"
        for file in files
        for module in private_imports(file.read_text(encoding="utf-8"))
    }
    assert not found, (
        f"{'; '.join(sorted(found))}: not public, and may move in any release; "
        "kernel.testing.PUBLIC_MODULES has those to import from"
    )


def private_imports(source: str) -> list[str]:
    """List the modules of the kernel that a source imports and that are not public, each once.

    Args:
        source: The text of a Python module.
    """
    return sorted({module for module in _kernel_imports(ast.parse(source)) if module not in PUBLIC_MODULES})


def _kernel_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == "kernel")
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            if module.partition(".")[0] == "kernel":
                yield from (_module_of(module, alias.name) for alias in node.names)


@cache
def _module_of(module: str, name: str) -> str:
    """Return the module that `from module import name` uses: a module of that name, or else the first one."""
    if f"{module}.{name}" in PUBLIC_MODULES:
        return f"{module}.{name}"
    try:
        is_module = find_spec(f"{module}.{name}") is not None
    except ModuleNotFoundError:  # what comes first is no package, or is not there
        is_module = False
    return f"{module}.{name}" if is_module else module

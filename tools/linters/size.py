"""Modules stay within 400 lines, functions within 60, tests too; migrations are records and may be longer."""

import ast
from collections.abc import Iterator

from linters.source import Finding, SourceFile

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield a finding for a module or function that is too long."""
    if not file.is_python or file.is_migration:
        return
    if len(file.lines) > MAX_MODULE_LINES:
        yield Finding(file.path, 1, f"module has {len(file.lines)} lines, at most {MAX_MODULE_LINES}")
    for node in ast.walk(ast.parse(file.text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                message = f"function {node.name} has {length} lines, at most {MAX_FUNCTION_LINES}"
                yield Finding(file.path, node.lineno, message)

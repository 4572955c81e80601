"""Imports stand at the top of a module; no shell and no evaluated text anywhere."""

import ast
from collections.abc import Iterator

from linters.source import Finding, SourceFile

_REFUSED = {
    "os.system": "starts a shell; use subprocess with a list",
    "os.popen": "starts a shell; use subprocess with a list",
    "subprocess.getoutput": "starts a shell; use subprocess with a list",
    "subprocess.getstatusoutput": "starts a shell; use subprocess with a list",
    "asyncio.create_subprocess_shell": "starts a shell; use create_subprocess_exec",
    "eval": "runs text as code",
    "exec": "runs text as code",
}


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield a finding for an import inside a function and for a refused call."""
    if not file.is_python:
        return
    tree = ast.parse(file.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _imports_inside(node, file)
        elif isinstance(node, ast.Call):
            yield from _refused_call(node, file)


def _imports_inside(function: ast.AST, file: SourceFile) -> Iterator[Finding]:
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield Finding(file.path, child.lineno, "import inside a function")
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _imports_inside(child, file)


def _refused_call(call: ast.Call, file: SourceFile) -> Iterator[Finding]:
    name = ast.unparse(call.func)
    if name in _REFUSED:
        yield Finding(file.path, call.lineno, f"{name}() {_REFUSED[name]}")
    for keyword in call.keywords:
        if keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False):
            yield Finding(file.path, call.lineno, f"{name}(shell=…) starts a shell; use a list")

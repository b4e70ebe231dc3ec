"""Tables by an address: fetched when somebody says so, from a server of this machine, and from nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from nnc import codes
from nnc.cli import run
from nnc.data.fetched import copy_of
from nnc.diagnostics import UserFault
from nnc.pipeline import front
from nnc.pipeline.sized import read_table

ROWS = "size,price\n" + "".join(f"{i},{2 * i + 1}\n" for i in range(30))
SPEC = """
model M {
  input x: [features]
  output y = x -> Dense(1)
}
data {
  source = csv("%s")
  target = price
}
train {
  loss = mse
}
"""


class _Server(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = ROWS.encode()
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/rows.csv?v=1")
        elif self.path.startswith("/to-a-file"):
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
        elif self.path.startswith("/rows"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
        elif self.path.startswith("/short"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body) + 5))
        else:
            self.send_response(404)
            body = b"nothing"
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    _Server.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
        httpd.shutdown()


def write(folder: Path, address: str) -> Path:
    spec = folder / "m.nn"
    spec.write_text(SPEC % address, encoding="utf-8")
    return spec


@pytest.mark.parametrize("way", ["/rows.csv", "/rows.csv?of=2024&all=*", "/moved"])
def test_it_is_fetched_once_and_read_from_its_copy(
    way: str, server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write(tmp_path, server + way)
    with pytest.raises(UserFault) as fault:
        read_table(front.check(spec))
    assert [item.code for item in fault.value.findings] == [codes.DATA_NOT_FETCHED]
    assert _Server.asked == []
    assert run(["fetch", str(spec)]) == 0
    times = len(_Server.asked)
    assert copy_of(server + way, tmp_path).read_text(encoding="utf-8") == ROWS
    table = read_table(front.check(spec))
    assert len(table) == 30
    assert table.source == server + way
    assert run(["fetch", str(spec)]) == 0
    assert len(_Server.asked) == times
    assert "--again" in capsys.readouterr().err
    assert run(["fetch", str(spec), "--again"]) == 0
    assert len(_Server.asked) == 2 * times
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("/gone.csv", "404"),
        ("/short.csv", "ended after"),
        ("/to-a-file", "302"),
        ("http://127.0.0.1:1/rows.csv", "refused"),
        ("http://[::1/rows.csv", ""),
        ("http://127.0.0.1:99999999/a b.csv", ""),
        ("https:///", ""),
    ],
)
def test_what_can_not_be_fetched_leaves_nothing(
    address: str, why: str, server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write(tmp_path, server + address if address.startswith("/") else address)
    assert run(["fetch", str(spec)]) == 1
    said = capsys.readouterr().err
    assert "NN0642" in said
    assert why.lower() in said.lower()
    folder = tmp_path / "fetched"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_spec_without_an_address_needs_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = write(tmp_path, "rows.csv")
    assert run(["fetch", str(spec)]) == 0
    assert "nothing to fetch" in capsys.readouterr().err


def test_the_copy_lies_beside_the_spec_whatever_the_address_is(tmp_path: Path) -> None:
    for address in ("https://a.b/../../x.csv", "https://a.b/%2e%2e/..", "http://[", "https://a.b/" + "n" * 5000):
        copy = copy_of(address, tmp_path)
        assert copy.parent == tmp_path / "fetched"
        assert len(copy.name) < 100
    assert copy_of("https://a.b/x.csv", tmp_path) != copy_of("https://a.c/x.csv", tmp_path)

"""Drives Debian's Chromium by its DevTools protocol: opens a page, listens to what it does, asks it questions."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import websocket

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-extensions", "--disable-background-networking", "--disable-component-update",
    "--remote-debugging-port=0", "--remote-allow-origins=*",
)  # fmt: skip
_SECONDS = 60


class Browser:
    """One tab. `events` are (method, parameters) of all that it said since the page was opened."""

    def __init__(self) -> None:
        assert CHROMIUM is not None
        self._home = tempfile.TemporaryDirectory()
        command = [CHROMIUM, *_ARGUMENTS, f"--user-data-dir={self._home.name}", "about:blank"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._numbers = itertools.count(1)
        self.events: list[tuple[str, dict[str, Any]]] = []
        port = self._port()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=_SECONDS) as answer:
            tabs = json.load(answer)
        address = next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
        self._socket = websocket.create_connection(address, timeout=_SECONDS, suppress_origin=True)
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def _port(self) -> int:
        file = Path(self._home.name) / "DevToolsActivePort"
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            if file.is_file() and file.read_text().strip():
                return int(file.read_text().splitlines()[0])
            time.sleep(0.05)
        raise TimeoutError("Chromium did not start")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(_SECONDS)
        self._home.cleanup()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the protocol, and its answer; what the page says meanwhile is kept."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result
            if "method" in message:
                self.events.append((message["method"], message["params"]))

    def open(
        self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False, scripts: bool = True
    ) -> None:
        """Open a file and wait until it is loaded."""
        self.events.clear()
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.call("Page.navigate", url=path.absolute().as_uri())
        while not any(method == "Page.loadEventFired" for method, _ in self.events):
            message = json.loads(self._socket.recv())
            if "method" in message:
                self.events.append((message["method"], message["params"]))

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page; promises are waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def said(self) -> list[str]:
        """What stands in the console, and errors that nobody caught."""
        found = []
        for method, parameters in self.events:
            if method == "Log.entryAdded":
                found.append(parameters["entry"]["text"])
            elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
                found.append(json.dumps(parameters)[:300])
        return found

    def requests(self) -> list[str]:
        """Every address that was asked for, without what stands in the page itself."""
        asked = (p["request"]["url"] for method, p in self.events if method == "Network.requestWillBeSent")
        return [url for url in asked if not url.startswith("data:")]

    def shot(self, path: Path) -> None:
        """A picture of what is seen."""
        import base64

        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

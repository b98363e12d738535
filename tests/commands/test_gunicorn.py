"""The plain WSGI callable serves under another server too."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from tests.commands.product import ROOT, Product, free_port

START_SECONDS_MAX = 30.0


def answer_of(port: int) -> dict[str, str] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            found: dict[str, str] = json.loads(answer.read())
            return found
    except (OSError, urllib.error.HTTPError):
        return None


def test_gunicorn_serves_the_wsgi_callable(tmp_path):
    with Product(tmp_path / "data") as product:
        secrets = json.loads((product.data_dir / "secrets.json").read_text())
        port = free_port()
        with (tmp_path / "gunicorn.log").open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", "backend.app:wsgi"],
                cwd=ROOT,
                env={**os.environ, **product.instance(), **secrets},
                stdout=log,
                stderr=log,
            )
        try:
            give_up_at = time.monotonic() + START_SECONDS_MAX
            while (found := answer_of(port)) is None:
                assert server.poll() is None, (tmp_path / "gunicorn.log").read_text()
                assert time.monotonic() < give_up_at
                time.sleep(0.1)
            assert found["status"] == "ready"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(START_SECONDS_MAX)

"""A real S3 server on loopback: SeaweedFS, one process, its own folder, one bucket."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

WEED = Path(sys.executable).with_name("weed")
BUCKET = "essai"
ACCESS_KEY, SECRET = "cle-d-essai", "secret-d-essai"
_PARTS = ("master", "filer", "volume", "s3")
_TIMEOUT = 30.0


@dataclass(frozen=True)
class Server:
    """Where it listens."""

    url: str

    def store(self) -> S3Store:
        """The bucket, looked at without the code that is tested."""
        return S3Store(
            BUCKET,
            endpoint=self.url,
            access_key_id=ACCESS_KEY,
            secret_access_key=SECRET,
            client_options={"allow_http": True},
            retry_config={"max_retries": 0},
        )

    def environment(self) -> dict[str, str]:
        """Variables by which any S3 client finds it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Run a server that keeps its data in ``folder``."""
    identity = {
        "name": "essai",
        "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET}],
        "actions": ["Read", "Write", "List", "Tagging"],
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    ports = _ports(2 * len(_PARTS) + 1)
    arguments = [f"-{part}.port={ports.pop()}" for part in _PARTS]
    url = f"http://127.0.0.1:{arguments[-1].split('=')[1]}"
    arguments += [f"-{part}.port.grpc={ports.pop()}" for part in _PARTS]
    arguments += [f"-{part}.localSocket={folder / part}.sock" for part in ("filer", "s3")]
    arguments += [f"-admin.port={ports.pop()}", "-admin.ui=false", "-webdav=false"]
    arguments += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
    arguments += [f"-s3.config={folder / 's3.json'}", f"-bucket={BUCKET}"]
    arguments += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}"]
    with (folder / "serveur.log").open("w") as log:
        process = subprocess.Popen(
            [WEED, "mini", "-s3.autoCreateBucket=false", *arguments],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        running = Server(url)
        _wait_until_ready(process, running, folder / "serveur.log")
        yield running
    finally:
        process.kill()
        process.wait()


def _ports(number: int) -> list[int]:
    """Ports that are free now, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [int(item.getsockname()[1]) for item in sockets]


def _wait_until_ready(process: subprocess.Popen[bytes], server: Server, log: Path) -> None:
    """Wait until the bucket is there and the key opens it."""
    end = time.monotonic() + _TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        try:
            obstore.list(server.store()).collect()
        except (BaseError, FileNotFoundError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the S3 server did not start:\n{log.read_text()}")

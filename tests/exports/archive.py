"""An archive on this machine, for the length of a test: Debian's Orthanc, with its plugin for DICOMweb."""

import json
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from dicomweb_client.api import DICOMwebClient
from requests.exceptions import ConnectionError

PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
SECONDS_TO_START = 60


def free_port() -> int:
    with socket.socket() as any_one:
        any_one.bind(("127.0.0.1", 0))
        return any_one.getsockname()[1]


@contextmanager
def archive():
    """Starts it empty, and gives a client of it."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        settings = {
            "HttpPort": port,
            "DicomPort": free_port(),
            "StorageDirectory": folder,
            "IndexDirectory": folder,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "Plugins": [PLUGIN],
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }
        file = Path(folder) / "settings.json"
        file.write_text(json.dumps(settings), encoding="utf-8")
        with open(Path(folder) / "log", "wb") as log:
            server = subprocess.Popen(["Orthanc", file], stdout=log, stderr=log)
        try:
            client = DICOMwebClient(f"http://127.0.0.1:{port}/dicom-web")
            wait_for(client)
            yield client
        finally:
            server.terminate()
            server.wait()


def wait_for(client: DICOMwebClient) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            client.search_for_studies()
            return
        except ConnectionError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)

"""An environment that misleads: every variable that libpq, botocore and moto know, each with a harmful value."""

from __future__ import annotations

import re
from pathlib import Path

import botocore
import moto
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, DEFAULT_S3_CONFIG_VARS
from psycopg import pq

from simulator.aws.moto.environment import without_aws

NONSENSE = "nonsense"
_PORT = 1
_READ = re.compile(r"environ(?:\.get)?[\[(]\s*[\"']([A-Z0-9_]+)[\"']")
_PG_OTHERS = ("PGTZ", "PGDATESTYLE", "PGGEQO", "PGREQUIRESSL", "PGOAUTHDEBUG", "PGLOCALEDIR")


def hostile_environment(
    folder: Path, *, host: str = "/nowhere", address: str = "127.0.0.1", port: int = _PORT
) -> dict[str, str]:
    """Return the variables, among them the address of a server that nothing is to reach.

    Args:
        folder: where the service file and the password file that lie are written.
        host: that of the server that all of them name.
        address: its address; empty for a socket.
        port: its port.
    """
    return {**_libpq(folder, host, address, port), **_aws(), "LANG": "C"}


def _libpq(folder: Path, host: str, address: str, port: int) -> dict[str, str]:
    service, passwords = folder / "pg_service.conf", folder / "pgpass"
    target = f"host={host}\n" + (f"hostaddr={address}\n" if address else "") + f"port={port}\n"
    service.write_text(f"[{NONSENSE}]\n{target}user=postgres\ndbname=postgres\n")
    passwords.write_text(f"*:*:*:*:{NONSENSE}\n")
    passwords.chmod(0o600)
    names = [option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar]
    return {
        **dict.fromkeys((*names, *_PG_OTHERS), NONSENSE),
        "PGSERVICEFILE": str(service),
        "PGSYSCONFDIR": str(folder),
        "PGPASSFILE": str(passwords),
        "PGHOST": host,
        "PGPORT": str(port),
        "PGHOSTADDR": address,
    }


def _aws() -> dict[str, str]:
    """Return what botocore and moto read: botocore is asked, and the texts of both are searched."""
    names = set()
    for variables in (BOTOCORE_DEFAUT_SESSION_VARIABLES, DEFAULT_S3_CONFIG_VARS):
        for _key, variable, *_rest in variables.values():
            names |= {variable} if isinstance(variable, str) else set(variable or ())
    for package in (botocore, moto):
        root = Path(str(package.__file__)).parent
        for text in (*root.glob("*.py"), *root.glob("s3/*.py"), *root.glob("core/*.py")):
            names |= set(_READ.findall(text.read_text(encoding="utf-8")))
    read = without_aws(dict.fromkeys(names))  # type: ignore[arg-type]
    ours = dict.fromkeys(names - read.keys(), NONSENSE)
    return {
        **ours,
        **dict.fromkeys(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_DYNAMODB"), "http://127.0.0.1:9"),
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }

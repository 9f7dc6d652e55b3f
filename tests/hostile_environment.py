"""An environment that misleads: every variable that libpq, botocore and moto know, each with a harmful value."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import boto3
import botocore
import moto
import s3transfer
import urllib3
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, DEFAULT_S3_CONFIG_VARS
from psycopg import pq

NONSENSE = "nonsense"
# What is needed to get out of this machine, for tests that start a tool which downloads something.
NETWORK = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("REQUESTS_CA_BUNDLE", "SSLKEYLOGFILE"),
)
_NOWHERE = "http://127.0.0.1:9"
_READ = re.compile(r"(?:environ(?:\.get)?[\[(]|getenv\()\s*[\"']([A-Z0-9_]+)[\"']|[\"']((?:AWS|BOTO)_[A-Z0-9_]+)[\"']")
# `environ` of a request (WSGI, PEP 3333), and an example in a docstring: no shell has these.
_NOT_OF_A_SHELL = re.compile(r"FOO|HTTP_[A-Z_]+|CONTENT_(?:LENGTH|TYPE)|PATH_INFO|RAW_URI")
_PG_OTHERS = ("PGTZ", "PGDATESTYLE", "PGGEQO", "PGREQUIRESSL", "PGOAUTHDEBUG", "PGLOCALEDIR")


def hostile_environment(folder: Path) -> dict[str, str]:
    """Return the variables; with them, nothing that listens to its surroundings works.

    Args:
        folder: where the files that lie are written: of services, passwords and AWS.
    """
    return {**_libpq(folder), **_aws(folder), "LANG": "C"}


def leading_environment(folder: Path, *, host: str, address: str, port: int, database: str) -> dict[str, str]:
    """Return the variables of libpq with which what listens to its surroundings gets into one database, quietly.

    Times and dates look different there.

    Args:
        folder: where the service file is written.
        host: the server's name, or the folder of its socket.
        address: its address; empty for a socket.
        port: its port.
        database: the database, to which user `postgres` may connect.
    """
    target = {"host": host, "hostaddr": address, "port": str(port), "user": "postgres", "dbname": database}
    service = folder / "leading_service.conf"
    lines = [f"{name}={value}\n" for name, value in target.items() if value]
    service.write_text("".join(["[leading]\n", *lines]), encoding="utf-8")
    variables = {"PGHOST": host, "PGHOSTADDR": address, "PGPORT": str(port), "PGUSER": "postgres"}
    named = {"PGDATABASE": database, "PGSERVICE": "leading", "PGSERVICEFILE": str(service)}
    return {**variables, **named, "PGTZ": "Asia/Tokyo", "PGDATESTYLE": "German"}


def _libpq(folder: Path) -> dict[str, str]:
    service, passwords = folder / "pg_service.conf", folder / "pgpass"
    service.write_text(f"[{NONSENSE}]\nhost=/nowhere\nhostaddr=127.0.0.1\nport=1\nuser=postgres\ndbname=postgres\n")
    passwords.write_text(f"*:*:*:*:{NONSENSE}\n")
    passwords.chmod(0o600)
    names = [option.envvar.decode() for option in pq.Conninfo.get_defaults() if option.envvar]
    return {
        **dict.fromkeys((*names, *_PG_OTHERS), NONSENSE),
        "PGSERVICEFILE": str(service),
        "PGSYSCONFDIR": str(folder),
        "PGPASSFILE": str(passwords),
        "PGHOST": "/nowhere",
        "PGPORT": "1",
        "PGHOSTADDR": "127.0.0.1",
    }


def session_variables() -> set[str]:
    """Return the environment variables that a botocore session lists as its own."""
    names: set[str] = set()
    for variables in (BOTOCORE_DEFAUT_SESSION_VARIABLES, DEFAULT_S3_CONFIG_VARS):
        for _key, variable, *_rest in variables.values():
            names |= {variable} if isinstance(variable, str) else set(variable or ())
    return names


@cache
def aws_variables() -> frozenset[str]:
    """Return the variables that the AWS SDK and moto read: botocore is asked, and all their texts are searched."""
    names = session_variables()
    for package in (botocore, boto3, s3transfer, urllib3, moto):
        root = Path(str(package.__file__)).parent
        for text in root.rglob("*.py"):
            if "stepfunctions" not in text.relative_to(root).parts:  # moto's interpreter is not used
                found = _READ.findall(text.read_text(encoding="utf-8"))
                names |= {name for pair in found for name in pair if name}
    return frozenset(name for name in names if not _NOT_OF_A_SHELL.fullmatch(name))


def _aws(folder: Path) -> dict[str, str]:
    config = folder / "aws_config"
    config.write_text("this is [no file of AWS\n", encoding="utf-8")
    proxies = {name: _NOWHERE for name in NETWORK if name.upper().endswith("_PROXY") and name.upper() != "NO_PROXY"}
    return {
        **dict.fromkeys(aws_variables(), NONSENSE),
        **dict.fromkeys(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_DYNAMODB"), _NOWHERE),
        **proxies,
        **dict.fromkeys(("NO_PROXY", "no_proxy"), NONSENSE),
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder),
        "SSLKEYLOGFILE": str(folder / "no such folder" / "keys"),
    }

"""The real servers of integration tests: one AWS engine and one PostgreSQL a test session, emptied for each test."""

from __future__ import annotations

import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from lambdas.shared.connection import connect
from simulator.aws.engine import clients as cloud_clients
from simulator.aws.engine.environment import local_aws
from simulator.aws.engine.server import EngineServer
from simulator.pipeline.functions import open_functions
from simulator.pipeline.provisioning import Resources, provision
from simulator.pipeline.servers import engine_options
from simulator.pipeline.settings import HomeFolder
from simulator.postgres.embedded import EmbeddedPostgres
from tests.hostile_environment import leading_environment
from tests.integration.foreign_server import ForeignServer, foreign_server

if TYPE_CHECKING:
    from collections.abc import Iterator


SIGNED = "AWS4-HMAC-SHA256 Credential=local/20260101/ap-northeast-1/s3/aws4_request, SignedHeaders=host, Signature=0"
TEMPLATE = "migrated_template"


@dataclass(frozen=True, slots=True)
class Database:
    """A migrated, otherwise empty database of one test. `url` is for psycopg."""

    name: str
    url: str

    def connect(self) -> psycopg.Connection:
        """Open a connection in autocommit mode."""
        return connect(self.url, autocommit=True)


@dataclass(frozen=True, slots=True)
class Aws:
    """An empty, provisioned local cloud of one test.

    `s3`, `dynamodb`, `sqs` are boto3 clients, `resources` has the names and ARNs, `endpoint` is the engine's address.
    """

    clients: cloud_clients.AwsClients
    resources: Resources

    @property
    def endpoint(self) -> str:
        """Return the engine's address."""
        return self.clients.endpoint

    @property
    def s3(self):  # noqa: ANN201 - typed by the client
        """Return the S3 client."""
        return self.clients.s3

    @property
    def dynamodb(self):  # noqa: ANN201 - typed by the client
        """Return the DynamoDB client."""
        return self.clients.dynamodb

    @property
    def sqs(self):  # noqa: ANN201 - typed by the client
        """Return the SQS client."""
        return self.clients.sqs


@pytest.fixture(scope="session")
def session_home() -> Iterator[HomeFolder]:
    """Return a simulator home for the servers of the test session, gone after it."""
    with TemporaryDirectory(prefix="csv-tests-") as folder:
        yield HomeFolder(Path(folder)).create()


@pytest.fixture(scope="session")
def postgres_server(session_home: HomeFolder) -> Iterator[EmbeddedPostgres]:
    """Return the session's embedded PostgreSQL; `.url` is its administrator's (and good as an external one)."""
    with EmbeddedPostgres(session_home.postgres) as server:
        yield server


@pytest.fixture(scope="session")
def _template(postgres_server: EmbeddedPostgres) -> str:
    """Make the migrated database that those of the tests are copied from."""
    with connect(postgres_server.url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    with open_functions(
        database_url=url_of(postgres_server.url, TEMPLATE),
        environment={"AWS_SECRET_ACCESS_KEY": "local"},
        log_sink=lambda _record: None,
    ) as functions:
        result = functions.invoke("user-log-schema-migrator", b'{"action": "migrate"}')
    assert result.function_error is None, result.payload
    return TEMPLATE


@pytest.fixture
def database(postgres_server: EmbeddedPostgres, _template: str) -> Iterator[Database]:
    """Return a fresh migrated database, dropped after the test."""
    with new_database(postgres_server.url, _template) as database:
        yield database


@pytest.fixture
def empty_database(postgres_server: EmbeddedPostgres) -> Iterator[Database]:
    """Return a fresh database with nothing in it, dropped after the test."""
    with new_database(postgres_server.url, "template1") as database:
        yield database


@pytest.fixture(scope="session")
def _foreign_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForeignServer]:
    with foreign_server(tmp_path_factory.mktemp("foreign")) as server:
        yield server


@pytest.fixture(params=["address", "socket"])
def foreign(
    request: pytest.FixtureRequest,
    _foreign_server: ForeignServer,
    no_libpq_variables: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Database]:
    """Return a database of a second server to which libpq's variables lead; a test that writes to it fails."""
    server = _foreign_server
    host, address = ("db.invalid", "127.0.0.1") if request.param == "address" else (str(server.socket_folder), "")
    with new_database(server.url, "template1") as database:
        variables = leading_environment(tmp_path, host=host, address=address, port=server.port, database=database.name)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield database
        with database.connect() as connection:
            query = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            assert connection.execute(query).fetchone() == (0,), "somebody has written to the foreign database"


@pytest.fixture(scope="session")
def engine_url(session_home: HomeFolder, engine: str) -> Iterator[str]:
    """Return the address of the session's engine; audit items go to `session_home.runs`."""
    with EngineServer(engine_options(session_home, engine=engine)) as server:
        yield server.url


@pytest.fixture(scope="session")
def _clients(engine_url: str) -> Iterator[cloud_clients.AwsClients]:
    clients = cloud_clients.aws_clients(engine_url)
    yield clients
    clients.close()


@pytest.fixture
def aws(_clients: cloud_clients.AwsClients) -> Iterator[Aws]:
    """Return an emptied and provisioned cloud; while the test runs, any boto3 client of this process talks to it."""
    url = f"{_clients.endpoint}/moto-api/reset"  # roto takes it too
    request = urllib.request.Request(url, headers={"Authorization": SIGNED}, method="POST")  # noqa: S310 - our own
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()
    with local_aws(_clients.endpoint):
        yield Aws(_clients, provision(_clients))


@pytest.fixture
def aws_clients(aws: Aws) -> cloud_clients.AwsClients:
    """Return the clients of an emptied and provisioned cloud."""
    return aws.clients


def url_of(server_url: str, database: str) -> str:
    """Return the URL of another database on the same server."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{database}"))


@contextmanager
def new_database(server_url: str, template: str) -> Iterator[Database]:
    """Make a database from a template, and drop it afterwards, with the sessions that use it."""
    name = f"test_{uuid4().hex[:12]}"
    with connect(server_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        try:
            yield Database(name, url_of(server_url, name))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

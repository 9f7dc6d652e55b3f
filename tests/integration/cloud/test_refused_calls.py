"""Calls of functions and state machines at the engine's process: counted, and refused in the services' own words."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from simulator.aws.engine.calls import CALLS_PATH
from simulator.aws.engine.clients import AwsClients, aws_clients
from simulator.aws.engine.environment import local_aws
from simulator.aws.engine.options import ENGINES, EngineOptions
from simulator.aws.engine.server import EngineServer
from simulator.aws.iam.call import acting
from tests.unit.iam.small_template import TABLE, template


@pytest.fixture(scope="module", params=ENGINES)
def aws(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsClients]:
    """Clients of each engine with a table and a bucket, where the policies of the small stack decide."""
    folder = tmp_path_factory.mktemp("enforced")
    file = folder / "template.json"
    file.write_text(json.dumps(template()))
    options = EngineOptions(engine=request.param, restore_from=Path(folder), enforced=file)
    with EngineServer(options) as server:
        clients = aws_clients(server.url)
        clients.dynamodb.create_table(
            TableName="Orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        clients.s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
        yield clients
        clients.close()


def refused(call: Any, **arguments: Any) -> tuple[str, int, str]:
    """Return code, status and message of a refusal to the function."""
    with acting("lambda.writer"), pytest.raises(ClientError) as error:
        call(**arguments)
    answer = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def test_what_a_role_may_do_is_done_and_counted(aws: AwsClients) -> None:
    """As is everything that the simulator does for itself, uncounted."""
    aws.dynamodb.put_item(TableName="Orders", Item={"id": {"S": "0"}})
    with acting("lambda.writer"):
        aws.dynamodb.put_item(TableName="Orders", Item={"id": {"S": "1"}})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{aws.endpoint}{CALLS_PATH}") as answer:
        counted = json.load(answer)
    put = {"caller": "lambda.writer", "action": "dynamodb:PutItem", "resource": TABLE, "count": 1}
    assert put in counted
    assert aws.dynamodb.scan(TableName="Orders")["Count"] == 2


def test_dynamodb_refuses(aws: AwsClients) -> None:
    """AccessDeniedException with status 400."""
    code, status, message = refused(aws.dynamodb.scan, TableName="Orders")
    assert (code, status) == ("AccessDeniedException", 400)
    assert message.startswith("User: arn:aws:sts::123456789012:assumed-role/WriterRole/writer is not authorized to")


def test_s3_refuses(aws: AwsClients) -> None:
    """AccessDenied with status 403, the resource in quotes; nothing is stored, and the connection goes on."""
    code, status, message = refused(aws.s3.put_object, Bucket="files", Key="a", Body=b"x" * 100_000)
    assert (code, status) == ("AccessDenied", 403)
    assert 's3:PutObject on resource: "arn:aws:s3:::files/a" because no identity-based policy' in message
    assert aws.s3.list_objects_v2(Bucket="files")["KeyCount"] == 0
    assert refused(aws.s3.head_object, Bucket="files", Key="a")[:2] == ("403", 403)


def test_sqs_and_sns_refuse(aws: AwsClients) -> None:
    """Each with its own code."""
    assert refused(aws.sqs.create_queue, QueueName="q")[:2] == ("AccessDeniedException", 400)
    assert refused(aws.sns.publish, TopicArn="arn:aws:sns:ap-northeast-1:123456789012:t", Message="m")[:2] == (
        "AuthorizationError",
        403,
    )


def test_a_client_of_a_function_signs_as_the_function(aws: AwsClients) -> None:
    """By its access key."""
    with local_aws(aws.endpoint):
        session = boto3.Session("lambda.writer", "local", region_name="ap-northeast-1")
        client = session.client("dynamodb", endpoint_url=aws.endpoint)
    with pytest.raises(ClientError, match="not authorized to perform: dynamodb:DeleteTable"):
        client.delete_table(TableName="Orders")


def test_a_caller_that_may_not_list_is_not_told_that_an_object_is_missing(tmp_path: Path, engine: str) -> None:
    """S3 API reference, GetObject: without ListBucket, 403 instead of 404."""
    of = template()
    role = of["Resources"]["WriterRole"]["Properties"]["Policies"]
    role[0]["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/*"}
    )
    file = tmp_path / "template.json"
    file.write_text(json.dumps(of))
    with EngineServer(EngineOptions(engine=engine, restore_from=tmp_path, enforced=file)) as server:
        clients = aws_clients(server.url)
        clients.s3.create_bucket(Bucket="files", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
        clients.s3.put_object(Bucket="files", Key="there", Body=b"content")
        with acting("lambda.writer"):
            assert clients.s3.get_object(Bucket="files", Key="there")["Body"].read() == b"content"
        code, status, message = refused(clients.s3.get_object, Bucket="files", Key="missing")
        assert (code, status) == ("AccessDenied", 403)
        assert "s3:ListBucket" in message
        clients.close()

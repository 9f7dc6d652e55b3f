"""The actions that are refused because moto does not have them, compared with moto."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from simulator.aws.engine.environment import aws_environment, without_aws
from simulator.aws.integrations.engine_gaps import ENGINE_GAPS

# moto is imported in a process of its own: it reads the environment when it is.
PROGRAM = """
import importlib, json
from botocore import xform_name
from simulator.aws.integrations.shapes.api_model import service_model
names = {"s3": ("S3Response", "S3Backend"), "dynamodb": ("DynamoHandler", "DynamoDBBackend"),
         "sqs": ("SQSResponse", "SQSBackend"), "sns": ("SNSResponse", "SNSBackend")}
gaps = {}
for service, (responses, backend) in names.items():
    response = getattr(importlib.import_module(f"moto.{service}.responses"), responses)
    model = getattr(importlib.import_module(f"moto.{service}.models"), backend)
    gaps[service] = [name for name in service_model(service).operation_names
                     if not hasattr(response, xform_name(name)) and not hasattr(model, xform_name(name))]
print(json.dumps(gaps))
"""


def test_the_list_of_what_the_engine_lacks_is_motos() -> None:
    """Neither more nor less, in the versions that are pinned."""
    environment = {**without_aws(os.environ), **aws_environment("http://127.0.0.1"), "PYTHONPATH": str(Path.cwd())}
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment)
    assert {name: frozenset(gaps) for name, gaps in json.loads(ran.stdout).items()} == ENGINE_GAPS

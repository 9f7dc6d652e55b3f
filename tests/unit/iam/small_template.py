"""A small stack: a function that writes to a table under a key, called by a state machine."""

from __future__ import annotations

import copy
import json
from typing import Any

from simulator.aws.iam.template.deployment import Deployment

ACCOUNT, REGION = "123456789012", "ap-northeast-1"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/Orders"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:writer"
MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:flow"


def _role(service: str, *policies: dict[str, Any], **more: Any) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": f"{service}.amazonaws.com"}}
    inline = [{"PolicyName": f"p{at}", "PolicyDocument": {"Statement": [one]}} for at, one in enumerate(policies)]
    properties = {"AssumeRolePolicyDocument": {"Statement": [trust]}, "Policies": inline, **more}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


_ROOT = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
_TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "KeyPolicy": {
                    "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": _ROOT}}]
                }
            },
        },
        "Orders": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": "Orders",
                "SSESpecification": {"KMSMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}},
            },
        },
        "WriterRole": _role(
            "lambda",
            {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": {"Fn::GetAtt": "Orders.Arn"}},
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:DescribeKey"],
                "Resource": {"Fn::GetAtt": ["Key", "Arn"]},
                "Condition": {"StringEquals": {"kms:ViaService": {"Fn::Sub": "dynamodb.${AWS::Region}.amazonaws.com"}}},
            },
            ManagedPolicyArns=["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
        ),
        "Writer": {
            "Type": "AWS::Lambda::Function",
            "Properties": {"FunctionName": "writer", "Role": {"Fn::GetAtt": ["WriterRole", "Arn"]}},
        },
        "Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Writer"}, "Name": "live"}},
        "FlowRole": _role(
            "states", {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": {"Ref": "Live"}}
        ),
        "Flow": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "StateMachineName": "flow",
                "RoleArn": {"Fn::GetAtt": ["FlowRole", "Arn"]},
                "DefinitionString": json.dumps(
                    {"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": "${Function}", "End": True}}}
                ),
                "DefinitionSubstitutions": {"Function": {"Ref": "Live"}},
            },
        },
    }
}


def template() -> dict[str, Any]:
    """Return it, to be changed."""
    return copy.deepcopy(_TEMPLATE)


def deployment(of: dict[str, Any] | None = None, **names: str) -> Deployment:
    """Return its roles and policies; `names`: local name -> the template's."""
    return Deployment(of or template(), region=REGION, account=ACCOUNT, names=names)

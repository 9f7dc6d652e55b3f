"""The models of AWS's APIs, as botocore ships them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from botocore.loaders import Loader
from botocore.model import ServiceModel, StructureShape

from simulator.aws.integrations.shapes.java_names import exception_name

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def api_model(service: str) -> ServiceModel | None:
    """Return the model of a service, None if there is none of that name.

    Args:
        service: botocore's name of it, with or without its hyphens (`stepfunctions`, `apigatewayv2`).
    """
    known = {one.replace("-", ""): one for one in Loader().list_available_services("service-2")}
    name = known.get(service.replace("-", ""))
    return None if name is None else service_model(name)


@cache
def service_model(service: str) -> ServiceModel:
    """Return the model of a service by botocore's name for it (`stepfunctions`)."""
    # A Loader, not a Session: that reads the shell's profile.
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def input_shape(model: ServiceModel, action: str) -> StructureShape:
    """Return what an action takes, by its name in a Resource (`putItem`)."""
    shape = model.operation_model(action[0].upper() + action[1:]).input_shape
    return shape if shape is not None else StructureShape(action, {"type": "structure", "members": {}})


def output_shape(model: ServiceModel, action: str) -> StructureShape:
    """Return what an action answers, by its name in a Resource (`putItem`)."""
    shape = model.operation_model(action[0].upper() + action[1:]).output_shape
    return shape if shape is not None else StructureShape(action, {"type": "structure", "members": {}})


@cache
def error_codes(model: ServiceModel) -> Mapping[str, str]:
    """Return the error codes that a service's model names, each with the SDK's exception for it."""
    shapes = [shape for shape in model.error_shapes if isinstance(shape, StructureShape)]
    named = {shape.error_code: exception_name(shape.name) for shape in shapes}
    return named | {shape.name: exception_name(shape.name) for shape in shapes}

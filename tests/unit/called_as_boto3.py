"""Calls an operation of a service of ours as the endpoint does, and checks request and answer by botocore's model."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


class Caller:
    """Calls operations by their names."""

    def __init__(self, service: str, operations: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]) -> None:
        self._service = service
        self._operations = operations

    def __call__(self, operation: str, **request: Any) -> dict[str, Any]:
        """Return the answer; a member that the model lacks, or of another type, fails the test."""
        model = _model(self._service).operation_model(operation)
        if model.input_shape is not None:
            assert not ParamValidator().validate(request, model.input_shape).has_errors()
        answer = self._operations[operation](request)
        if model.output_shape is None:
            assert answer == {}
            return answer
        report = ParamValidator().validate(answer, model.output_shape)
        assert not report.has_errors(), report.generate_report()
        assert set(answer) <= set(model.output_shape.members)
        return answer

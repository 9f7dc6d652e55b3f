"""The models of AWS's APIs, as botocore ships them."""

from __future__ import annotations

from functools import cache

from botocore.loaders import Loader
from botocore.model import ServiceModel


@cache
def api_model(service: str) -> ServiceModel | None:
    """Return the model of a service, None if there is none of that name.

    Args:
        service: botocore's name of it, with or without its hyphens (`stepfunctions`, `apigatewayv2`).
    """
    loader = Loader()  # not a Session: that reads the shell's profile
    known = {one.replace("-", ""): one for one in loader.list_available_services("service-2")}
    name = known.get(service.replace("-", ""))
    return None if name is None else ServiceModel(loader.load_service_model(name, "service-2"), name)

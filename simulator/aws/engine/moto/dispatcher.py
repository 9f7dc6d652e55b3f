"""moto's own dispatcher, made to work behind cheroot, with a short way for the request that comes most often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.moto_server import werkzeug_app
from moto.moto_server.utilities import RegexConverter
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from simulator.aws.engine.moto.dynamodb_handler import answer_dynamodb

if TYPE_CHECKING:
    from flask import Flask, Request

_DYNAMODB_TARGET = "DynamoDB_20120810."


class Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]
    """Finds the application that answers a request.

    moto tries some hundred patterns, one after another, for each request (a fifth of the time that a DynamoDB write
    takes). A DynamoDB request says in a header what it is, and goes to its handler at once.
    """

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer one request; the path as it was sent goes where moto looks for it (cheroot names it differently).

        Without it moto takes the path that is decoded already and decodes it once more: the key `100%25.csv` would
        become `100%.csv`, and one with a question mark would end there.
        """
        environ["RAW_URI"] = environ["REQUEST_URI"]
        return super().__call__(environ, start_response)

    def get_application(self, environ: dict[str, Any]) -> Any:
        """Return the application for a request."""
        if environ.get("HTTP_X_AMZ_TARGET", "").startswith(_DYNAMODB_TARGET) and environ.get("PATH_INFO") == "/":
            return answer_dynamodb
        return super().get_application(environ)

    def infer_service_region_host(self, environ: dict[str, Any], path: str) -> str | None:
        """Return the host that stands for the service of a request; None: S3's.

        What is neither signed in a header nor has a target is for S3. moto would look for a service in its body, and
        leave nothing of the body to S3.
        """
        if not environ.get("HTTP_AUTHORIZATION") and not environ.get("HTTP_X_AMZ_TARGET"):
            return None
        host: str | None = super().infer_service_region_host(environ, path)
        return host


def service_app(service: Any) -> Flask:
    """Return moto's application for a service; S3's takes apart no body but a browser's form.

    A PUT that calls itself a form (what curl and urllib say of any body) would be stored as an empty object.
    """
    app: Flask = create_backend_app(service)
    if service == "s3":
        app.request_class = type("S3Request", (app.request_class,), {"want_form_data_parsed": property(_is_form)})
    return app


def _is_form(request: Request) -> bool:
    return request.method == "POST" and request.mimetype == "multipart/form-data"


class AnyCharacter(RegexConverter):  # type: ignore[misc]
    """Part of a URL in moto's routes: a key may hold a newline, which moto's own converter finds nowhere (404)."""

    def __init__(self, url_map: Any, *items: Any) -> None:
        super().__init__(url_map, *items)
        self.regex = f"(?s:{items[0]})"


werkzeug_app.RegexConverter = AnyCharacter

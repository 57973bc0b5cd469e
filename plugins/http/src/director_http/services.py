"""The operator's services where runs are made: looked up by node type and digest."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from node_registry import CatalogProblem, Request

from .openapi import Operation, Service, services_in, stamp_of
from .requests import Asked, no_operation
from .settings import Settings


class Services:
    """The documents of a folder, read again when it changes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stamp: object = None
        self._found: list[Service] = []

    def operation(self, request: Request) -> Operation:
        """The operation of a request. Raises `http.no_operation`."""
        folder = Path(self._settings.services)
        if self._settings.services and self._stamp != (stamp := stamp_of(folder)):
            self._found = [
                one for one in services_in(folder) if not isinstance(one, CatalogProblem)
            ]
            self._stamp = stamp
        for service in self._found:
            if service.digest == request.catalog_digest and request.node_type in service.operations:
                return service.operations[request.node_type]
        raise no_operation()

    def asked(self, request: Request, operation: Operation, files: dict[str, str]) -> Asked:
        """The request of an operation: what is set and connected, and nothing that is not."""
        given: dict[str, Any] = {
            name: value for name, value in request.params.items() if value is not None
        }
        connected = [str(one.value) for one in request.inputs.get("prompt", []) if one.value]
        if connected and "prompt" in (*operation.body, *operation.query):
            given["prompt"] = " ".join([str(given.get("prompt", "")), *connected]).strip()
        if "seed" in (*operation.body, *operation.query) and "seed" not in given:
            given["seed"] = request.seed % (1 << 31)
        given |= files
        url = operation.url
        for name in operation.path:
            url = url.replace(f"{{{name}}}", quote(str(given.get(name, "")), safe=""))
        query = urlencode([(name, given[name]) for name in operation.query if name in given])
        body = {name: given[name] for name in operation.body if name in given}
        return Asked(
            method=operation.method,
            url=f"{url}?{query}" if query else url,
            output=operation.output,
            body=None if operation.method == "GET" else msgspec.json.encode(body),
            secret=self._secret_for(url),
            result=operation.result,
        )

    def _secret_for(self, url: str) -> str:
        """The name of the secret of a service's host: there is no field for it on the node."""
        host = (urlsplit(url).hostname or "").lower()
        secrets = self._settings.named_secrets().items()
        return next((name for name, secret in secrets if secret.host.lower() == host), "")

"""The conformance suite of backends: subclass it, and pytest runs the contract.

class TestBlur(BackendSuite):
    spec = blur_spec
    serverless = True

    def make_request(self, context: LocalContext) -> Request:
        picture = context.keep(Path("tests/face.png"), "image/png")
        return Request(task_id="t", attempt=1, node_id="n", node_type="acme.blur",
                       inputs={"image": [Input(node_id="a", media=picture)]})
"""

from __future__ import annotations

from typing import Any

from .run_tests import RunTests
from .server_tests import ServerTests


class BackendSuite(RunTests, ServerTests):
    """What every backend promises, and what one of a remote server survives.

    Write `make_request`, and one of two: a backend that speaks with no server sets `spec` and says
    `serverless = True`; one that does has a fixture `server`, which yields a `FakeServer`, and
    gets its spec from there. `outputs` are the sockets that a run must fill; empty means at least
    one, whichever. `patience` is how long, in seconds, a cancelled run may take to stop, and
    `limit` how long anything else may.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.serverless:
            # What is declared not to apply is no test of this suite at all, rather than a skipped.
            for name in SERVER_TESTS:
                setattr(cls, name, None)


SERVER_TESTS = tuple(name for name in vars(ServerTests) if name.startswith("test_"))

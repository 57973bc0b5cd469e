"""The tone keeps the contract of backends, and lasts as long as it was asked to."""

import wave

from director_tone import TONE
from node_registry.testing import BackendSuite

from node_registry import Output, Request


class TestTone(BackendSuite):
    spec = TONE
    serverless = True
    outputs = ("audio",)

    def make_request(self, context):
        return Request(
            task_id="t", attempt=1, node_id="n", node_type="tone.tone", params={"duration": 2.5}
        )

    async def test_it_lasts_as_long_as_asked(self, tmp_path):
        request, context = self.prepare(tmp_path)
        output = next(e for e in await self.collect(request, context) if isinstance(e, Output))
        with wave.open(str(context.path(output.media))) as file:
            assert file.getnframes() == 120_000
            assert max(abs(s) for s in memoryview(file.readframes(48_000)).cast("h")) == 9830

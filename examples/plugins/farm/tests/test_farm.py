"""The render farm's backend keeps the contract, through every trouble of a server."""

import pytest_asyncio
from director_farm import Settings, farm_spec
from fake_farm import FakeFarm
from node_registry.testing import BackendSuite

from node_registry import Capabilities, Request


class TestFarm(BackendSuite):
    outputs = ("image",)

    @pytest_asyncio.fixture
    async def server(self):
        async with FakeFarm() as farm:
            yield farm

    def make_request(self, context):
        return Request(
            task_id="t",
            attempt=1,
            node_id="n",
            node_type="farm.picture",
            params={"words": "A lamp"},
        )


def test_a_run_needs_a_slot_of_any_server():
    spec = farm_spec(Settings(servers="left=10.0.0.5:7700, right=10.0.0.6:7700"))
    assert [(server.name, server.slots) for server in spec.servers] == [
        ("farm/left", 1),
        ("farm/right", 1),
    ]
    offered = Capabilities(servers=("farm/right", "farm/left"))
    assert spec.estimate(TestFarm().make_request(None), offered).servers == offered.servers

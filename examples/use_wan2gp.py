"""Make a picture with Wan2GP, by a model of its own list, and print the take's name.

uv run examples/use_wan2gp.py "The Lighthouse" flux_schnell "A lighthouse in the fog"
"""

import asyncio
import sys

from director_client import AddEdge, AddNode, Studio, connect, find_local_studio, new_id


async def make(studio: Studio, project_name: str, model: str, prompt: str) -> str:
    """A picture of the prompt by a model, in the project; the take's name."""
    project = await studio.find_project(project_name)
    pipeline, picture = new_id(), new_id()
    choice = {"pipeline_id": "wan2gp.generate", "parameters": {"model_type": model}}
    async with connect(studio.url, token=studio.token, project=project.id) as joined:
        await joined.submit(
            AddNode(id=pipeline, type="film.pipeline", data=choice),
            AddNode(id=picture, type="film.image_generation", text={"prompt": prompt}),
            AddEdge(
                id=new_id(),
                source=pipeline,
                source_socket="pipeline",
                target=picture,
                target_socket="pipeline",
            ),
        )
        take = await joined.generate(picture)
    print(f"{take.name} is there.")
    return take.name


if __name__ == "__main__":
    asyncio.run(make(find_local_studio(), *sys.argv[1:4]))

"""Bring a workflow of ComfyUI to a project, and make a picture with it.

uv run examples/bring_a_workflow.py "The Lighthouse" examples/workflows/lamp.json
"""

import asyncio
import sys
from pathlib import Path

from director_client import AddEdge, AddNode, Studio, connect, find_local_studio, new_id


async def bring(studio: Studio, project_name: str, workflow: Path) -> str:
    """Look at what the file suggests, keep it, choose it on a pipeline's node; the take's name."""
    project = await studio.find_project(project_name)
    address = f"/api/v1/projects/{project.id}/pipelines"
    found = await studio.call(
        "POST",
        f"{address}/preview",
        dict,
        content=workflow.read_bytes(),
        headers={"X-Filename": workflow.name},
    )
    for parameter in found["summary"]["parameters"]:
        print(f"{parameter['title']}: {parameter['source'] or 'yours to set'}")
    for model in found["summary"]["models"]:
        print(f"It needs {model['name']} in models/{model['folder']}.")

    kept = await studio.call("POST", address, dict, json={"template": found["template"]})

    pipeline, picture = new_id(), new_id()
    values = {"template": kept["media"], "parameters": {"lamp_color": 255}}
    async with connect(studio.url, token=studio.token, project=project.id) as joined:
        await joined.submit(
            AddNode(id=pipeline, type="film.pipeline", data=values),
            AddNode(id=picture, type="film.image_generation"),
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
    asyncio.run(bring(find_local_studio(), sys.argv[1], Path(sys.argv[2])))

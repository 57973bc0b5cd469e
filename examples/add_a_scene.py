"""Put a scene of three shots at the end of a film, all of it in one step, and make their takes.

uv run examples/add_a_scene.py http://127.0.0.1:8700 me@example.org "The Lighthouse"
"""

import asyncio
import getpass
import sys
from itertools import pairwise

from director_client import AddEdge, AddNode, Graph, RemoveEdges, connect, log_in, new_id

SHOTS = (
    ("wide", "The lamp goes out. The sea is black."),
    ("close_up", "INA counts the seconds until the next flash."),
    ("medium", "Nothing. She takes the matches from the shelf."),
)


def scene_operations(graph: Graph) -> tuple[list, list[str]]:
    """The operations that add the scene behind all others, and the ids of its shots."""
    scene, shots = new_id(), [new_id() for _ in SHOTS]
    code = f"{len(graph.of_type('film.scene')) + 1:02d}"
    heading = {"code": code, "heading": "INT. LAMP ROOM - NIGHT", "location": "LAMP ROOM"}
    operations = [AddNode(id=scene, type="film.scene", data=heading, pos=(0, 600))]
    for number, (shot, (size, prompt)) in enumerate(zip(shots, SHOTS, strict=True)):
        data = {"code": f"{(number + 1) * 10:03d}", "shot_type": size, "frames": 12}
        operations.append(
            AddNode(
                id=shot,
                type="film.shot",
                parent=scene,
                order=f"a{number}",
                pos=(number * 340, 0),
                data=data,
                text={"prompt": prompt},
            )
        )
    links = [(a, b, "previous") for a, b in pairwise(shots)]
    # What led to the film before now leads to the new scene, and the scene to the film.
    for film in graph.of_type("film.assembly")[:1]:
        ends = [
            e for e in graph.edges.values() if (e.target, e.target_socket) == (film.id, "sequence")
        ]
        operations.append(RemoveEdges(ids=tuple(edge.id for edge in ends)))
        links += [(edge.source, scene, "previous") for edge in ends] + [
            (scene, film.id, "sequence")
        ]
    for source, target, socket in links:
        operations.append(
            AddEdge(
                id=new_id(),
                source=source,
                source_socket="next",
                target=target,
                target_socket=socket,
            )
        )
    return operations, shots


async def add(url: str, email: str, password: str, title: str) -> list[str]:
    """Add the scene; the names of its takes."""
    studio = await log_in(url, email, password)
    async with connect(url, token=studio.token, project=title) as project:
        operations, shots = scene_operations(project.graph)
        # All of them or none: one version, one step to undo.
        version = await project.submit(operations, label="Add the lamp room")
        print("Stored as version", version)
        names = []
        for shot in shots:
            take = await project.generate(
                shot,
                on_progress=lambda percent, step: print(f"{percent:3.0f} % {step}"),
                timeout=600,
            )
            names.append(take.name)
        return names


if __name__ == "__main__":
    print(asyncio.run(add(*sys.argv[1:3], getpass.getpass(), sys.argv[3])))

"""Join a project, change a shot, make a take of it, and follow it to its end.

uv run examples/follow_a_project.py http://127.0.0.1:8700 me@example.org "The Lighthouse"
"""

import asyncio
import getpass
import sys

from director_client import AddNode, SetNode, connect, log_in, new_id


async def follow(url: str, email: str, password: str, title: str) -> str:
    studio = await log_in(url, email, password)
    async with connect(url, token=studio.token, project=title) as project:
        print("Here are:", ", ".join(person.name for person in project.people.values()))
        shots = project.graph.of_type("film.shot")
        shot = shots[0].id if shots else new_id()
        if not shots:
            await project.submit(AddNode(id=shot, type="film.shot", data={"code": "010"}))
        shorter = SetNode(id=shot, values={"data.frames": 12})
        print("Stored as version", await project.submit(shorter, label="Shorten a shot"))
        take = await project.generate(shot, on_progress=lambda done, step: print(done, step))
        await project.download(take, f"{take.name}.mp4")
        return f"{take.name}.mp4"


if __name__ == "__main__":
    print(asyncio.run(follow(*sys.argv[1:3], getpass.getpass(), sys.argv[3])))

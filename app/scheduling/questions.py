"""What running tasks ask people: the open questions of a project, each with its answer's schema."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.platform.database import current_unit, from_json
from app.platform.pagination import Page, PageRequest


class Question(msgspec.Struct, kw_only=True):
    """A task that waits for a person. The answer has to fit the JSON Schema in `answer`."""

    task_id: UUID
    run_id: UUID
    node_id: str
    label: str
    question: str
    answer: dict[str, Any]


async def list_questions(project_id: UUID, page: PageRequest) -> Page[Question]:
    """The open questions of a project, of the oldest task first."""
    after = page.after(tuple[datetime, UUID])
    rows = await current_unit().fetch(
        """SELECT id, run_id, node_id, label, question, created_at FROM tasks
           WHERE project_id = $1 AND status = 'waiting_for_input' AND question IS NOT NULL
             AND NOT cancel_requested
             AND ($2::timestamptz IS NULL OR (created_at, id) > ($2, $3))
           ORDER BY created_at, id LIMIT $4""",
        project_id,
        *(after or (None, None)),
        page.rows,
    )

    def question_of(row: Any) -> Question:
        asked = from_json(row["question"])
        return Question(
            task_id=row["id"],
            run_id=row["run_id"],
            node_id=row["node_id"],
            label=row["label"],
            question=asked["question"],
            answer=asked.get("answer") or {},
        )

    return page.answer(rows, lambda row: (row["created_at"], row["id"]), question_of)

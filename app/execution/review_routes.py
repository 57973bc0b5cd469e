"""Approval of takes over HTTP."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from app.accounts import Actor
from app.platform.ids import parse_id
from app.platform.pagination import Page, PageRequest

from . import reviews
from .reviews import ReviewState, TakeReview


class Review(msgspec.Struct, forbid_unknown_fields=True):
    """What is decided about a take, and why."""

    state: ReviewState
    comment: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class ReviewsController(Controller):
    """`/api/v1/takes/{take_id}/review`."""

    tags = ["takes"]

    @get("/api/v1/projects/{project_id:str}/take-reviews")
    async def list_all(
        self,
        actor: NamedDependency[Actor],
        project_id: FromPath[str],
        page: NamedDependency[PageRequest],
    ) -> Page[TakeReview]:
        """What was decided about the takes of a project."""
        return await reviews.list_reviews(actor, parse_id(project_id, "project"), page)

    @get("/api/v1/takes/{take_id:str}/review")
    async def read(self, actor: NamedDependency[Actor], take_id: FromPath[str]) -> TakeReview:
        """What was decided about a take; `pending` when nothing was."""
        return await reviews.review_of(actor, parse_id(take_id, "take"))

    @post("/api/v1/takes/{take_id:str}/review", status_code=200)
    async def decide(
        self, actor: NamedDependency[Actor], take_id: FromPath[str], data: JSONBody[Review]
    ) -> TakeReview:
        """Approve or reject a take, with a comment."""
        return await reviews.review_take(actor, parse_id(take_id, "take"), data.state, data.comment)


ROUTES = [ReviewsController]

"""The PostgreSQL roles that the studio works as. Never a superuser while it runs."""

import enum


class DatabaseRole(enum.Enum):
    """Whose rights a unit of work has: those of a PostgreSQL role of the same name."""

    OWNER = "director_owner"
    APP = "director_app"
    SERVICE = "director_service"
    WORKER = "director_worker"

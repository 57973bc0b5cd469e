"""The API role: one Litestar process with REST, collaboration state and the dispatcher."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from types import FrameType
from typing import Any
from uuid import UUID

import uvicorn
from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin

from app import accounts, archives, assets, collaboration, execution, media, pipelines, projects
from app.accounts import tokens
from app.accounts.login_routes import ROUTES as LOGIN_ROUTES
from app.accounts.routes import ROUTES as ACCOUNT_ROUTES
from app.accounts.team_routes import ROUTES as TEAM_ROUTES
from app.archives.routes import ROUTES as ARCHIVE_ROUTES
from app.assembly.routes import ROUTES as ASSEMBLY_ROUTES
from app.assembly.task import NODE_TYPE, film_order, resolve_params
from app.assets.routes import ROUTES as ASSET_ROUTES
from app.collaboration.asset_routes import ROUTES as ASSET_USAGE_ROUTES
from app.collaboration.history_routes import ROUTES as HISTORY_ROUTES
from app.collaboration.routes import ROUTES as GRAPH_ROUTES
from app.execution.review_routes import ROUTES as REVIEW_ROUTES
from app.execution.routes import ROUTES as EXECUTION_ROUTES
from app.execution.tree_routes import ROUTES as TREE_ROUTES
from app.gateway.api_page import ROUTES as API_PAGE_ROUTES
from app.gateway.api_page import local_openapi_pages
from app.gateway.broadcasts import Broadcasts
from app.gateway.canvas import ROUTES as CANVAS_ROUTES
from app.gateway.canvas import built_canvas
from app.gateway.compression import OffloadedCompression
from app.gateway.connection_limits import BoundedHttp, prepare_connections
from app.gateway.connections import ConnectionManager
from app.gateway.cookies import BrowserCookies
from app.gateway.errors import EXCEPTION_HANDLERS
from app.gateway.loop_share import LoopShare, TimeBudgets
from app.gateway.metrics import ROUTES as METRICS_ROUTES
from app.gateway.metrics import RequestMeter, StudioMetrics
from app.gateway.presence import Presence
from app.gateway.query_parameters import (
    provide_page,
    query_parameters,
    refuse_unknown_query,
)
from app.gateway.request_log import RequestLog
from app.gateway.security import (
    OriginGuard,
    authenticate_before_the_body,
    provide_actor,
    provide_git_actor,
    provide_visitor,
)
from app.gateway.socket import ROUTES as SOCKET_ROUTES
from app.gateway.studio_status import ROUTES as STATUS_ROUTES
from app.gateway.tickets import ROUTES as TICKET_ROUTES
from app.gateway.transport import DirectSocket
from app.graph import Registry
from app.media.collection_routes import ROUTES as COLLECTION_ROUTES
from app.media.link_routes import ROUTES as LINK_ROUTES
from app.media.routes import ROUTES as MEDIA_ROUTES
from app.media.segment_routes import ROUTES as SEGMENT_ROUTES
from app.pipelines.library import Library as PipelineLibrary
from app.pipelines.routes import ROUTES as PIPELINE_ROUTES
from app.platform import bus, database, redis
from app.platform.background import end_task
from app.platform.blocking import run_blocking
from app.platform.database import DatabaseRole
from app.platform.garbage_collection import tune_for_serving
from app.platform.plugins import Plugins, load_plugins
from app.platform.request_bodies import BodyGuard, BoundedRequest
from app.platform.telemetry import configure_logs, get_logger
from app.platform.tracing import close_tracing, configure_tracing
from app.projects import Folders, ProjectDeleted
from app.projects.invitation_routes import ROUTES as INVITATION_ROUTES
from app.projects.member_routes import ROUTES as MEMBER_ROUTES
from app.projects.routes import ROUTES as PROJECT_ROUTES
from app.projects.scaffold import prepare_workspace
from app.repositories.routes import ROUTES as REPOSITORY_ROUTES
from app.scheduling import Dispatcher, ProgressReader, Quotas, StorageRoom, wakeups
from app.scheduling.routes import ROUTES as QUEUE_ROUTES
from app.script.routes import ROUTES as SCRIPT_ROUTES
from app.script.service import use_store
from app.settings import Settings
from node_registry import DirectorError

from .connections import database_urls, redis_url
from .health import disk_check, health_checks, storage_check
from .listening import bind, check_transport
from .plugin_settings import check_loaded_plugins
from .storage import disk_floor, open_store

log = get_logger(__name__)

# Of a route that does not say more, or less.
MAX_BODY = 1024 * 1024


class _Application(Litestar):
    """Speaks msgspec alone. Litestar loads Pydantic where it is installed, as Piccolo's part of our
    own installation is: a sixth of a second of each start, for models that nobody here has."""

    request_log: RequestLog

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
        else:
            await self.request_log.run(super().__call__, scope, receive, send)

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        return [*plugins, MsgspecDIPlugin()]


def build_api(settings: Settings) -> Litestar:
    """The application, not yet connected: that happens when it starts."""
    plugins = load_plugins("api")
    registry = Registry(
        plugins.node_types.values(), plugins.socket_types.values(), plugins.converters
    )
    metrics = StudioMetrics()
    time_budgets = TimeBudgets()
    state = State(
        {
            "metrics": metrics,
            "time_budgets": time_budgets,
            "settings": settings,
            "plugins": plugins,
            "registry": registry,
            "cookies": BrowserCookies(always_secure=settings.secure_cookies),
            "health_checks": health_checks(plugins),
            "canvas": built_canvas(),
            "start_failures": [],
        }
    )
    app = _Application(
        route_handlers=[
            *ACCOUNT_ROUTES,
            *LOGIN_ROUTES,
            *TEAM_ROUTES,
            *PROJECT_ROUTES,
            *PIPELINE_ROUTES,
            *ARCHIVE_ROUTES,
            *MEMBER_ROUTES,
            *INVITATION_ROUTES,
            *GRAPH_ROUTES,
            *HISTORY_ROUTES,
            *MEDIA_ROUTES,
            *COLLECTION_ROUTES,
            *LINK_ROUTES,
            *SEGMENT_ROUTES,
            *ASSET_ROUTES,
            *ASSET_USAGE_ROUTES,
            *SCRIPT_ROUTES,
            *EXECUTION_ROUTES,
            *REVIEW_ROUTES,
            *QUEUE_ROUTES,
            *TREE_ROUTES,
            *ASSEMBLY_ROUTES,
            *REPOSITORY_ROUTES,
            *STATUS_ROUTES,
            *METRICS_ROUTES,
            *TICKET_ROUTES,
            *API_PAGE_ROUTES,
            *CANVAS_ROUTES,
            *SOCKET_ROUTES,
        ],
        dependencies={
            "actor": Provide(provide_actor),
            "visitor": Provide(provide_visitor),
            "git_actor": Provide(provide_git_actor),
            "page": Provide(provide_page, sync_to_thread=False),
        },
        guards=[refuse_unknown_query, authenticate_before_the_body],
        request_class=BoundedRequest,
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=[
            DefineMiddleware(LoopShare, budgets=time_budgets),
            DefineMiddleware(RequestMeter, metrics=metrics),
            DefineMiddleware(OriginGuard, allowed=settings.allowed_origins),
            DefineMiddleware(BodyGuard),
        ],
        lifespan=[functools.partial(_lifespan, settings=settings, plugins=plugins)],
        openapi_config=OpenAPIConfig(
            title="Movie Director",
            version="1",
            path="/api/docs",
            use_handler_docstrings=True,
            render_plugins=local_openapi_pages(),
        ),
        state=state,
        # Media are compressed already, and are asked for in ranges.
        compression_config=CompressionConfig(
            backend="gzip",
            gzip_compress_level=3,
            middleware_class=OffloadedCompression,
            minimum_size=2048,
            exclude=[r"/content$", r"/media/", r"^/pages/", r"^/git/"],
            exclude_opt_key="precompressed",
        ),
        request_max_body_size=MAX_BODY,
        debug=False,
        logging_config=None,
    )
    app.request_log = RequestLog(access=settings.access_log, https=settings.secure_cookies)
    app.state.query_parameters = query_parameters(app)
    return app


@asynccontextmanager
async def _lifespan(app: Litestar, *, settings: Settings, plugins: Plugins) -> AsyncIterator[None]:
    """As `_connected`; an error of ours that stops the start is kept for `run_api`."""
    try:
        async with _connected(app, settings=settings, plugins=plugins):
            yield
    except DirectorError as error:
        app.state.start_failures.append(error)
        raise


@asynccontextmanager
async def _connected(app: Litestar, *, settings: Settings, plugins: Plugins) -> AsyncIterator[None]:
    """Everything that the API holds while it runs; given back in the reverse order."""
    async with contextlib.AsyncExitStack() as stack:
        configure_tracing(settings.otlp_endpoint, role="api")
        stack.push_async_callback(close_tracing)
        await database.connect(
            database_urls(settings, DatabaseRole.APP, DatabaseRole.SERVICE), size=12
        )
        stack.push_async_callback(database.disconnect)
        client = redis.connect(redis_url(settings))
        stack.push_async_callback(redis.close)
        store = await open_store(settings, plugins)
        stack.push_async_callback(store.close)
        app.state.canvas.allow_storage(await store.link_origin())

        prepare_workspace(settings.workspace)
        projects.use_folders(Folders(settings.workspace, _version_control(plugins)))
        accounts.use_key(tokens.signing_key(settings.home / "secrets" / "signing.key"))
        accounts.use_session_limits(
            lasting=timedelta(hours=settings.session_hours),
            idle=timedelta(minutes=settings.idle_minutes) if settings.idle_minutes else None,
        )
        accounts.use_sealing_key(tokens.signing_key(settings.home / "secrets" / "sealing.key"))
        registry: Registry = app.state.registry
        collaboration.open_rooms(registry)
        stack.push_async_callback(collaboration.close_rooms)
        connections = ConnectionManager(app.state.time_budgets)
        stack.callback(connections.close)
        presence = Presence(connections)
        stack.push_async_callback(presence.close)
        app.state.connections = connections
        app.state.presence = presence

        media.use_quotas(
            media.StorageQuotas(
                floor=disk_floor(settings),
                project=settings.project_quota_gb * 10**9,
                person=settings.person_quota_gb * 10**9,
            )
        )
        bounds = execution.Bounds(frames=settings.max_frames, gigapixels=settings.max_gigapixels)
        planner = execution.Planner(
            plugins, registry, {NODE_TYPE: film_order}, settings.backends, bounds
        )
        execution.use_planner(planner)
        use_store(store, settings.home / "cache" / "incoming")
        dispatcher = Dispatcher(
            execution.TaskResolver(plugins, {NODE_TYPE: resolve_params}, settings.backends, bounds),
            client,
            lambda: wakeups.open_wakeup_queue(redis_url(settings)),
            Quotas(per_person=settings.max_tasks_person, per_project=settings.max_tasks_project),
            _find_room,
            lease_seconds=settings.lease_seconds,
        )
        progress = ProgressReader(client)
        task_events = execution.TaskEventConsumer(
            store, dispatcher, progress, auto_commit=settings.auto_commit
        )
        storage_watch = media.StorageWatch(store)
        app.state.storage_watch = storage_watch
        app.state.health_checks = [*app.state.health_checks, storage_check(storage_watch)]
        app.state.health_checks.append(disk_check)
        collector = media.Collector(
            store,
            [assets.media_named, execution.media_named, pipelines.media_named],
            projects.committed_media,
            projects.tidy_repositories,
            timedelta(days=settings.unused_days),
        )
        app.state.collector = collector
        asset_files = execution.AssetFilePublisher(store, auto_commit=settings.auto_commit)
        app.state.asset_files = asset_files
        source_media = execution.SourceMediaPublisher(store)
        app.state.source_media = source_media
        app.state.store = store
        app.state.pipelines = PipelineLibrary(plugins.pipeline_formats, store)
        link_key = tokens.signing_key(settings.home / "secrets" / "links.key")
        app.state.links = media.LinkSigner(link_key)
        uploads = media.Uploads(
            store,
            list(plugins.probes.values()),
            settings.home / "cache" / "incoming",
            media.UploadLimits(file=settings.max_upload_gb * 10**9),
        )
        stack.push_async_callback(uploads.close)
        app.state.uploads = uploads
        archives.use_archives(
            archives.Archives(
                store,
                uploads,
                list(plugins.probes.values()),
                settings.home / "cache" / "incoming",
                most=settings.max_import_gb * 10**9,
            )
        )
        derivatives = media.DerivativeFiles(
            store, list(plugins.derivatives.values()), list(plugins.segments.values())
        )
        app.state.derivatives = derivatives
        app.state.dispatcher = dispatcher
        app.state.progress = progress
        broadcasts = Broadcasts(connections, dispatcher, progress)
        asset_sync = collaboration.AssetSync()
        app.state.asset_sync = asset_sync
        connections.on_join(asset_sync.joined)
        stack.callback(bus.listen(ProjectDeleted, _stop_project))
        loops = (
            app.state.metrics.watch_loop,
            dispatcher.run,
            progress.follow,
            task_events.run,
            asset_files.run,
            source_media.run,
            storage_watch.run,
            connections.watch,
            asset_sync.run,
            uploads.run,
            derivatives.run,
            broadcasts.run,
            broadcasts.run_staleness,
            functools.partial(_watch_catalogs, plugins, registry, broadcasts),
            functools.partial(_clean_hourly, settings),
            functools.partial(_collect_daily, collector),
        )
        for loop in loops:
            stack.push_async_callback(end_task, asyncio.create_task(_restarted(loop)))
        tune_for_serving()
        log.info("api.ready", address=settings.address, plugins=len(plugins.reports))
        yield


async def _find_room(unit: database.UnitOfWork, project_ids: Sequence[UUID]) -> StorageRoom:
    return StorageRoom(
        disk_full=await run_blocking(media.current_quotas().floor.free) <= 0,
        full_projects=frozenset(await media.full_projects(unit, project_ids)),
    )


async def _stop_project(fact: ProjectDeleted) -> None:
    await execution.stop_project(fact.project_id)


async def _watch_catalogs(plugins: Plugins, registry: Registry, broadcasts: Broadcasts) -> None:
    """Let node types that an operator adds as files be used at once, on canvases that are open."""
    while True:
        changed = await run_blocking(plugins.refresh_catalogs)
        if changed:
            registry.replace_node_types(plugins.node_types.values())
            broadcasts.node_types_changed(sorted(changed))
        await asyncio.sleep(1)


async def _clean_hourly(settings: Settings) -> None:
    while True:
        await asyncio.sleep(3600)
        await collaboration.compact(settings.history_days)
        await accounts.purge_logins(accounts.ENDED_KEPT)
        await accounts.forget_audit(timedelta(days=settings.audit_days))
        await projects.remove_deleted(timedelta(days=settings.deleted_days))


async def _collect_daily(collector: media.Collector) -> None:
    while True:
        await asyncio.sleep(86_400)
        try:
            await collector.collect()
        except DirectorError as error:
            log.warning("media.not_collected", error=str(error))


async def _restarted(loop: Callable[[], Awaitable[None]]) -> None:
    """Run a loop that the API cannot do without; after a fault, which is logged, run it again."""
    while True:
        try:
            await loop()
        except Exception:
            log.exception("api.loop_failed", loop=getattr(loop, "__qualname__", ""))
        await asyncio.sleep(1)


def _version_control(plugins: Plugins) -> Any:
    spec = plugins.version_control.get("git")
    if spec is None:
        raise DirectorError(
            "vcs.missing",
            "No plugin brings version control, without which no project can be made.",
            hint="Install the plugin director-git; see `director plugins`.",
            status=503,
        )
    return spec.factory()


class _Server(uvicorn.Server):
    """Stops at once on a signal, not at uvicorn's next poll.

    It says goodbye to open sockets before they are closed: clients know when to come back.
    """

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._loop.call_soon_threadsafe(self._stop_requested.set)

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop, self._stop_requested = asyncio.get_running_loop(), asyncio.Event()
        await super().serve(sockets)

    async def main_loop(self) -> None:
        ticking = asyncio.create_task(super().main_loop())
        stopping = asyncio.create_task(self._stop_requested.wait())
        await asyncio.wait({ticking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (ticking, stopping):
            await end_task(task)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        connections = self.config.app.state.get("connections")  # type: ignore[union-attr]
        if connections is not None:
            await connections.say_goodbye()
        await super().shutdown(sockets)


def run_api(settings: Settings, loaded: Callable[[], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Raises `studio.port_in_use`.

    `loaded` is called when all code is loaded, before any server is spoken to.
    """
    configure_logs(settings.log_level, settings.log_format, role="api")
    check_transport(settings)
    prepare_connections(settings.trusted_proxies)
    listening = bind(settings.host, settings.port)
    app = build_api(settings)
    check_loaded_plugins(settings, app.state.plugins)
    if loaded is not None:
        loaded()
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            http=BoundedHttp,
            ws=DirectSocket,
            ws_max_size=1024 * 1024,
            ws_per_message_deflate=False,
            # Nobody else's word is taken for where a request comes from, not even this machine's.
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=5,
            server_header=False,
        )
    )
    # What is said in one sentence below, uvicorn would say as a traceback before.
    logging.getLogger("uvicorn.error").addFilter(lambda _record: not app.state.start_failures)
    try:
        server.run(sockets=[listening])
    except SystemExit:
        # uvicorn's way to say that the application did not start; ours says why.
        if not app.state.start_failures:
            raise
    for failure in app.state.start_failures:
        raise failure
    if not server.started:
        raise SystemExit(1)

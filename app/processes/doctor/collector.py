"""Whether the OpenTelemetry collector, where one is set, takes spans."""

from __future__ import annotations

from app.settings import Settings
from node_registry import Health

WITHIN = 4.0


async def collector(settings: Settings) -> Health:
    """Ask it to take no spans at all. What it does not take is lost, and hinders nothing else."""
    endpoint = settings.otlp_endpoint
    if endpoint is None:
        return Health(state="ok", message="Nothing is traced; DIRECTOR_OTLP_ENDPOINT is not set.")
    import httpx  # Only where there is somebody to be asked.

    try:
        from app.platform.span_export import export_headers, traces_url
    except ImportError:
        return Health(
            state="degraded",
            message="DIRECTOR_OTLP_ENDPOINT is set, and OpenTelemetry is not installed.",
            remedy="Install movie-director[traces], or unset it.",
        )
    url = httpx.URL(traces_url(endpoint))
    where = f"The collector at {url.host}:{url.port or (443 if url.scheme == 'https' else 80)}"
    headers = {**export_headers(), "Content-Type": "application/x-protobuf"}
    try:
        async with httpx.AsyncClient(timeout=WITHIN) as client:
            # An empty message of protobuf has no bytes.
            answer = await client.post(url, content=b"", headers=headers)
    except (httpx.HTTPError, OSError) as error:
        return Health(
            state="degraded",
            message=f"{where} does not answer: {type(error).__name__}. Spans are lost.",
            remedy="Start it, or correct DIRECTOR_OTLP_ENDPOINT: its port for HTTP, often 4318.",
        )
    if not answer.is_success:
        return Health(
            state="degraded",
            message=f"{where} refuses spans (HTTP {answer.status_code}).",
            remedy="Check DIRECTOR_OTLP_ENDPOINT, and OTEL_EXPORTER_OTLP_HEADERS for its key.",
        )
    return Health(state="ok", message=f"{where} takes spans.")

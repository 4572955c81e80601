"""Prometheus metrics of a service, on a registry of its own so that tests can build many apps in one process."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response


@dataclass
class HttpMetrics:
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    problems: Counter = field(init=False)

    def __post_init__(self) -> None:
        self.requests = Counter(
            "http_requests_total", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "http_request_seconds", "Time to answer, seconds", ["method", "route"], registry=self.registry
        )
        self.problems = Counter(
            "http_problems_total", "Expected failures by code", ["code", "status"], registry=self.registry
        )
        ProcessCollector(registry=self.registry)

    async def endpoint(self, _: Request) -> Response:
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

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
    _children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = field(init=False, default_factory=dict)

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

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request and the time it took."""
        key = (method, route, status)
        if key not in self._children:
            # Looked up once for each series: finding it again by its labels costs more than counting.
            counter = self.requests.labels(method, route, str(status))
            self._children[key] = (counter, self.seconds.labels(method, route))
        counter, histogram = self._children[key]
        counter.inc()
        histogram.observe(seconds)

    async def endpoint(self, _: Request) -> Response:
        return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

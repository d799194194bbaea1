"""Where Azure's exporter sends telemetry to, and the tables of Application Insights that it becomes."""

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import duckdb
import duckdb_kql
from aiohttp import web

from sandbox.ports import HOST, free_ports

#: What every table has: learn.microsoft.com/azure/azure-monitor/app/data-model-complete
SHARED = (
    "timestamp timestamp, itemType varchar, operation_Id varchar, operation_ParentId varchar, customDimensions json"
)
TABLES = {
    "customMetrics": "name varchar, value double, valueCount bigint, valueSum double, valueMin double, valueMax double",
    "traces": "message varchar, severityLevel bigint",
    "exceptions": "type varchar, outerMessage varchar, severityLevel bigint",
    "requests": "id varchar, name varchar, url varchar, success boolean, resultCode varchar, duration double",
    "dependencies": "id varchar, name varchar, target varchar, type varchar, success boolean, resultCode varchar, "
    "duration double",
}
KINDS = {
    "MetricData": "customMetrics",
    "MessageData": "traces",
    "ExceptionData": "exceptions",
    "RequestData": "requests",
    "RemoteDependencyData": "dependencies",
}


class Ingestion:
    """Takes what is sent, and answers as the service does."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.sent: list[dict[str, Any]] = []

    @property
    def settings(self) -> dict[str, str]:
        """The app settings that make the worker send everything here, each second, and nothing elsewhere."""
        address = f"http://{HOST}:{self._port}"
        key = "00000000-0000-0000-0000-000000000000"
        return {
            "APPLICATIONINSIGHTS_CONNECTION_STRING": ";".join(
                (f"InstrumentationKey={key}", f"IngestionEndpoint={address}", f"LiveEndpoint={address}")
            ),
            "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "true",
            "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
            "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
            "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "httpx",
            "OTEL_METRIC_EXPORT_INTERVAL": "1000",
            "OTEL_TRACES_SAMPLER": "always_on",
        }

    async def take(self, request: web.Request) -> web.Response:
        """Keep a batch of envelopes, one for each line or as a list."""
        body = await request.read()
        text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
        batch = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
        self.sent += batch
        return web.json_response({"itemsReceived": len(batch), "itemsAccepted": len(batch), "errors": []})

    def rows(self) -> list[tuple[str, dict[str, Any]]]:
        """What was sent, as rows of tables."""
        known = [envelope for envelope in self.sent if envelope["data"]["baseType"] in KINDS]
        return [_row(KINDS[envelope["data"]["baseType"]], envelope) for envelope in known]


@asynccontextmanager
async def ingestion() -> AsyncIterator[Ingestion]:
    """A listening one."""
    [port] = free_ports(1)
    service = Ingestion(port)
    app = web.Application()
    app.router.add_post("/v2.1/track", service.take)
    app.router.add_route("*", "/{rest:.*}", _nothing)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    try:
        yield service
    finally:
        await runner.cleanup()


async def _nothing(_: web.Request) -> web.Response:
    return web.Response(status=200, headers={"x-ms-qps-subscribed": "false"})


def _row(table: str, envelope: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    data, tags = envelope["data"]["baseData"], envelope.get("tags") or {}
    shared = {
        "timestamp": envelope["time"],
        "itemType": table.removesuffix("s").replace("dependencie", "dependency"),
        "operation_Id": tags.get("ai.operation.id"),
        "operation_ParentId": tags.get("ai.operation.parentId"),
        "customDimensions": json.dumps(data.get("properties") or {}),
    }
    return table, shared | _own(table, data)


def _own(table: str, data: dict[str, Any]) -> dict[str, Any]:
    match table:
        case "customMetrics":
            [metric] = data["metrics"]
            value, count = metric["value"], metric.get("count") or 1
            least, most = metric.get("min"), metric.get("max")
            bounds = {"valueMin": value if least is None else least, "valueMax": value if most is None else most}
            return {"name": metric["name"], "value": value, "valueCount": count, "valueSum": value} | bounds
        case "traces":
            return {"message": data["message"]}
        case "exceptions":
            [first, *_] = data["exceptions"]
            return {"type": first["typeName"], "outerMessage": first["message"]}
        case _:
            names = ("id", "name", "target", "type", "url", "success", "resultCode", "responseCode")
            found = {name.replace("responseCode", "resultCode"): data[name] for name in names if name in data}
            return found | {"duration": _milliseconds(data["duration"])}


def _milliseconds(text: str) -> float:
    """Of a time span such as `0.00:00:01.250`."""
    days, clock = text.split(".", 1) if text.count(".") == 2 else ("0", text)
    hours, minutes, seconds = clock.split(":")
    return 1000 * (((int(days) * 24 + int(hours)) * 60 + int(minutes)) * 60 + float(seconds))


def database(rows: list[tuple[str, dict[str, Any]]]) -> duckdb.DuckDBPyConnection:
    """The tables with these rows."""
    tables = duckdb_kql.connect()
    for table, columns in TABLES.items():
        tables.sql(f"create table {table} ({SHARED}, {columns})")
    for table, row in rows:
        names, places = ", ".join(row), ", ".join("?" for _ in row)
        tables.execute(f"insert into {table} ({names}) values ({places})", list(row.values()))  # noqa: S608  our own names
    return tables

"""An app that writes down what its host did to it, one JSON line for each call, in the file $RECORD."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import azure.functions as func
import azurefunctions.extensions.bindings.blob as blob_types
from azure.functions.blob import InputStream

app = func.FunctionApp()


def record(function: str, **details: Any) -> None:
    """Add one line."""
    with Path(os.environ["RECORD"]).open("a") as lines:
        lines.write(json.dumps({"function": function, **details}) + "\n")


@app.blob_trigger(
    arg_name="blob", path="%INBOX_CONTAINER%/{name}", connection="TranslationStorage", source=func.BlobSource.EVENT_GRID
)
async def see_reference(blob: blob_types.BlobClient) -> None:
    """Takes the blob's name; fails or hangs when the name says so."""
    record("see_reference", container=blob.container_name, name=blob.blob_name)
    if "bad" in str(blob.blob_name):
        raise ValueError("this blob is bad")
    if "slow" in str(blob.blob_name):
        await asyncio.sleep(60)


@app.blob_trigger(
    arg_name="blob", path="inbox/{name}", connection="TranslationStorage", source=func.BlobSource.EVENT_GRID
)
async def see_bytes(blob: InputStream) -> None:
    """Takes the blob's bytes."""
    record("see_bytes", name=blob.name, content=blob.read().decode(), length=blob.length, metadata=blob.metadata)


@app.queue_trigger(arg_name="message", queue_name="tasks", connection="TranslationStorage")
async def take_task(message: func.QueueMessage) -> None:
    """Takes a task; fails when it says so."""
    body = message.get_body().decode()
    record("take_task", body=body, count=message.dequeue_count, inserted=str(message.insertion_time))
    if body == "bad":
        raise ValueError("this task is bad")


@app.timer_trigger(arg_name="timer", schedule="%POLL_SCHEDULE%")
async def tick(timer: func.TimerRequest) -> None:
    """Outlasts its interval."""
    record("tick", past_due=timer.past_due, at="start")
    await asyncio.sleep(1.2)
    record("tick", past_due=timer.past_due, at="end")


@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *")
@app.retry(strategy="fixed_delay", max_retry_count="2", delay_interval="00:00:00")
async def stumble(timer: func.TimerRequest, context: func.Context) -> None:
    """Fails each time."""
    record("stumble", retry=context.retry_context.retry_count, past_due=timer.past_due)
    raise ValueError("stumbled")


@app.route("echo/{id}", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    """Says what arrived."""
    seen = {
        "method": req.method,
        "url": req.url,
        "header": req.headers.get("x-thing"),
        "query": dict(req.params),
        "route": dict(req.route_params),
        "body": req.get_body().decode(),
    }
    return func.HttpResponse(json.dumps(seen), status_code=201, mimetype="application/json", headers={"x-by": "app"})


@app.route("guarded", methods=["GET"])
async def guarded(req: func.HttpRequest) -> str:
    """Needs a function key."""
    return f"in: {req.method}"


@app.route("broken", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def broken(req: func.HttpRequest) -> str:
    """Raises."""
    raise ValueError(f"broken by {req.method}")


@app.route("waiting", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def waiting(req: func.HttpRequest) -> str:
    """Takes as long as the test wants: until the file `go-on` lies beside the record."""
    record("waiting")
    while not Path(os.environ["RECORD"]).with_name("go-on").exists():  # noqa: ASYNC110 - another process makes it
        await asyncio.sleep(0.02)
    return f"well: {req.method}"


@app.route("hanging", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def hanging(req: func.HttpRequest) -> str:
    """Runs longer than the app's functionTimeout."""
    record("hanging")
    await asyncio.sleep(60)
    return f"at last: {req.method}"

"""The doors. Each function reads its trigger, calls the app, answers. Their names are a deployed contract."""

import json
from typing import TYPE_CHECKING, Any

import azure.functions as func
import azurefunctions.extensions.bindings.blob as blob

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.app import App
    from shared.triggers.steer import Steer

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
STORAGE = "TranslationStorage"


def _app() -> "App":
    """The app of this process; imported when it is first needed, so that indexing stays quick."""
    from shared.app import get_app

    return get_app()


@app.function_name("start_translations")
@app.blob_trigger(
    arg_name="dropped", path="%INBOX_CONTAINER%/{name}", connection=STORAGE, source=func.BlobSource.EVENT_GRID
)
async def start_translations(dropped: blob.BlobClient) -> None:
    """A file arrived: accept it, start it."""
    babeldrop = _app()
    if dropped.container_name == babeldrop.settings.INBOX_CONTAINER:
        await babeldrop.arrivals.accept(dropped.blob_name)


@app.function_name("apply_edits")
@app.blob_trigger(
    arg_name="dropped", path="%EDITS_CONTAINER%/{name}", connection=STORAGE, source=func.BlobSource.EVENT_GRID
)
async def apply_edits(dropped: blob.BlobClient) -> None:
    """A correction arrived: the next iteration of what it corrects."""
    babeldrop = _app()
    if dropped.container_name == babeldrop.settings.EDITS_CONTAINER:
        await babeldrop.corrections.accept(dropped.blob_name)


@app.function_name("poll_operations")
@app.timer_trigger(arg_name="timer", schedule="%POLL_SCHEDULE%", run_on_startup=False)
async def poll_operations(timer: func.TimerRequest) -> None:  # noqa: ARG001  # the worker passes it by name
    """Everything that is due: poll, deliver, start what waited, find what was missed."""
    await _app().tick.run()


@app.function_name("vozo_callback")
@app.route("callbacks/vozo/{token}", auth_level=func.AuthLevel.ANONYMOUS)
async def vozo_callback(req: func.HttpRequest) -> func.HttpResponse:
    """A status may have changed: look. A challenge is echoed; the token is the authorisation."""
    body = _json(req.get_body()[:65536])
    challenge = body.get("challenge")
    if isinstance(challenge, str | int) and len(str(challenge)) <= 1024:
        return _answer({"challenge": challenge})
    known = await _app().callback.receive("vozo", req.route_params["token"], body)
    return _answer({}, 200 if known else 404)


@app.function_name("list_jobs")
@app.route("jobs", methods=["GET"])
async def list_jobs(req: func.HttpRequest) -> func.HttpResponse:
    """The jobs at work; `?name=` the current job of an inbox name; `?after=` the next page."""
    status = _app().status
    if name := req.params.get("name"):
        return _found(await status.job_of(name))
    return _answer(await status.jobs(req.params.get("after", "")))


@app.function_name("get_job")
@app.route("jobs/{id}", methods=["GET"])
async def get_job(req: func.HttpRequest) -> func.HttpResponse:
    """One job, whole."""
    return _found(await _app().status.job(req.route_params["id"]))


@app.function_name("cancel_job")
@app.route("jobs/{id}/cancel", methods=["POST"])
async def cancel_job(req: func.HttpRequest) -> func.HttpResponse:
    """Stop a job, also at its providers where that can be."""
    return await _steered(req, lambda steer, key, _: steer.cancel(key))


@app.function_name("retry_job")
@app.route("jobs/{id}/retry", methods=["POST"])
async def retry_job(req: func.HttpRequest) -> func.HttpResponse:
    """Begin what failed or was canceled again; `{"force": true}` begins everything from nothing, and pays again."""
    return await _steered(req, lambda steer, key, body: steer.retry(key, force=body.get("force") is True))


@app.function_name("settle_job")
@app.route("jobs/{id}/outcome", methods=["POST"])
async def settle_job(req: func.HttpRequest) -> func.HttpResponse:
    """What became of a start whose answer was lost: `{"target": <tag>, "operation": <id of the service> or null}`."""
    body = _json(req.get_body()[:65536])
    target, operation = body.get("target"), body.get("operation")
    if not isinstance(target, str) or "operation" not in body or not isinstance(operation, str | None):
        return _answer({"error": 'the body must be {"target": <tag>, "operation": <id of the service> or null}'}, 400)
    return await _steered(req, lambda steer, key, _: steer.settle(key, target, operation))


@app.function_name("erase_job")
@app.route("jobs/{id}", methods=["DELETE"])
async def erase_job(req: func.HttpRequest) -> func.HttpResponse:
    """Remove all that is kept of a job; what could not be removed is in the answer."""
    return await _unless_refused(_app().eraser.erase(req.route_params["id"]))


@app.function_name("report_poison")
@app.queue_trigger(arg_name="message", queue_name="webjobs-blobtrigger-poison", connection=STORAGE)
async def report_poison(message: func.QueueMessage) -> None:
    """What failed five times gets a receipt."""
    poison = _json(message.get_body())
    babeldrop = _app()
    container, name = poison.get("ContainerName"), poison.get("BlobName")
    if name and container == babeldrop.settings.INBOX_CONTAINER:
        await babeldrop.status.report_poison(name)
    elif name and container == babeldrop.settings.EDITS_CONTAINER:
        await babeldrop.edits.report_poison(name)


@app.function_name("health")
@app.route("health", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001  # the worker passes it by name
    """Is storage reachable, when was the last tick, how old is the oldest job?"""
    well, report = await _app().status.health()
    return _answer(report, 200 if well else 503)


def _json(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


async def _steered(
    req: func.HttpRequest, act: "Callable[[Steer, str, dict[str, Any]], Awaitable[bool]]"
) -> func.HttpResponse:
    """The job as it is then."""
    key, babeldrop = req.route_params["id"], _app()

    async def steer() -> dict[str, Any] | None:
        is_there = await act(babeldrop.steer, key, _json(req.get_body()[:65536]))
        return await babeldrop.status.job(key) if is_there else None

    return await _unless_refused(steer())


async def _unless_refused(answer: "Awaitable[dict[str, Any] | None]") -> func.HttpResponse:
    """What is answered; 404 where there is no such job, 409 where it cannot be done with the job as it is."""
    from shared.errors import RecordNewer, SteerRefused

    try:
        return _found(await answer)
    except (RecordNewer, SteerRefused) as error:
        return _answer({"error": error.reason, "advice": error.advice}, 409)


def _found(content: dict[str, Any] | None) -> func.HttpResponse:
    return _answer(content, 200) if content is not None else _answer({"error": "there is no such job"}, 404)


def _answer(content: dict[str, Any], status: int = 200) -> func.HttpResponse:
    headers = {"X-Content-Type-Options": "nosniff"}
    return func.HttpResponse(json.dumps(content), status_code=status, headers=headers, mimetype="application/json")

"""The least app that a stack can run: it remembers, until it ends, what was dropped."""

import json
import os

import azure.functions as func
import azurefunctions.extensions.bindings.blob as blob_types

app = func.FunctionApp()
seen: list[str] = []


@app.blob_trigger(
    arg_name="blob", path="%INBOX_CONTAINER%/{name}", connection="TranslationStorage", source=func.BlobSource.EVENT_GRID
)
async def start_translations(blob: blob_types.BlobClient) -> None:
    """Remember the blob's name."""
    seen.append(str(blob.blob_name))


@app.route("seen", methods=["GET"])
async def list_seen(req: func.HttpRequest) -> str:  # noqa: ARG001 - the trigger has to be taken
    """Answer with the names, in the order of their coming."""
    return json.dumps(seen)


@app.route("setting/{name}", methods=["GET"])
async def setting(req: func.HttpRequest) -> str:
    """Answer with an app setting."""
    return os.environ.get(req.route_params["name"], "")

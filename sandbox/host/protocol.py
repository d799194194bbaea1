"""Stand-ins for the protobuf messages that host and worker exchange.

The worker library only reads and sets attributes, and asks which member of a oneof is set.
The messages themselves: https://github.com/Azure/azure-functions-language-worker-protobuf
"""

import json
from types import SimpleNamespace
from typing import Any


class Message(SimpleNamespace):
    """A message with the fields that it was made with."""


class TypedData(Message):
    """A value on its way to or from a function: one member (`string`, `bytes`, `json`, ...), or none."""

    def WhichOneof(self, _group: str) -> str | None:  # noqa: N802 - protobuf's name
        """Name the member that is set."""
        return next(iter(vars(self)), None)


class ParameterBinding(Message):
    """A parameter's `name` and its `data`."""

    def WhichOneof(self, _group: str) -> str:  # noqa: N802 - protobuf's name
        """Name the member that is set; the other, shared memory, is not used here."""
        return "data"


class BindingInfo(Message):
    """How a parameter is bound; `in` has no name here because the worker never asks for it."""

    out, inout = 1, 2
    undefined = 0


class StatusResult(Message):
    """Whether a request to the worker went well."""

    Failure, Success = 0, 1


class Protos:
    """The module of message classes that the worker expects from its host."""

    BindingInfo = BindingInfo
    ParameterBinding = ParameterBinding
    StatusResult = StatusResult
    TypedData = TypedData

    def __getattr__(self, _name: str) -> type[Message]:
        return Message


def text(value: str) -> TypedData:
    """Typed data that holds a string."""
    return TypedData(string=value)


def as_json(value: Any) -> TypedData:
    """Typed data that holds JSON."""
    return TypedData(json=json.dumps(value))

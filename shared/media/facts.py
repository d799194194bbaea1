"""What is read from a dropped file once, when it is accepted."""

from pydantic import BaseModel


class MediaFacts(BaseModel):
    """Stub until the package lands."""

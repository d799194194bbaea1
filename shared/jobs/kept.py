"""What values of a job have in common. Pure: no clock, no storage, no service."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: compared by content, changed only by making another."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Kept(Frozen):
    """A value of the ledger. Fields that a newer version of the app wrote survive when this one writes it again."""

    model_config = ConfigDict(frozen=True, extra="allow")

"""Blob names: one type that every name passes."""

import unicodedata

from shared.errors import NameRefused
from shared.languages import is_known

LONGEST = 900  # of the 1,024 characters that storage allows; the rest is for what the names of results add
RECEIPT = ".translation.json"
BRIEF = "translate.json"
REFUSED = "_refused/"  # where refused names have their receipts
#: How the names begin and end, in small letters, of what browsers and editors leave behind.
LEFT_OVER_BEGINNINGS = ("~$", ".~lock.", "._", ".ds_store", "thumbs.db", "desktop.ini")
LEFT_OVER_ENDINGS = (".crdownload", ".part", ".partial", ".tmp", ".download", ".swp")


class BlobName(str):
    """A blob name that stays in its container: no empty, `.` or `..` segment, no control character, not too long.

    A `..` segment really does leave the container, for URLs are normalised on their way. And no name takes the place
    of another file's receipt.
    """

    __slots__ = ()

    def __new__(cls, name: str) -> "BlobName":
        """Check the name; NameRefused where it will not do."""
        refuse_unsafe(name, LONGEST)
        if name.startswith(REFUSED):
            raise NameRefused(
                f"the name {name!r} would share its receipt with a refused file: {REFUSED} is kept for them"
            )
        if _ends_like_a_receipt(name):
            raise NameRefused(f"the name {name!r} would share its receipt with a translation of another file")
        return super().__new__(cls, name)

    @property
    def folder(self) -> str:
        """Everything up to the last slash, without it."""
        return self.rpartition("/")[0]

    @property
    def folders(self) -> list[str]:
        """The folders from the container's root down: `['', 'a', 'a/b']` for `a/b/c.mp4`."""
        parts = self.split("/")[:-1]
        return ["/".join(parts[:depth]) for depth in range(len(parts) + 1)]

    @property
    def extension(self) -> str:
        """With its dot, as written; empty where there is none."""
        base = self.rpartition("/")[2]
        dot = base.rfind(".")
        return base[dot:] if dot > 0 else ""

    @property
    def stem(self) -> str:
        """The name without its extension."""
        return str(self)[: len(self) - len(self.extension)]

    @property
    def is_brief(self) -> bool:
        """Whether it says how others are to be translated."""
        return is_brief(self)


def refuse_unsafe(name: str, longest: int) -> str:
    """The name, whether dropped or derived; NameRefused where it leaves its container or storage cannot hold it."""
    if len(name) > longest:
        raise NameRefused(f"the name has {len(name)} characters; at most {longest} can be translated")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise NameRefused(f"the name {name!r} holds a control character")
    if any(segment in ("", ".", "..") for segment in name.replace("\\", "/").split("/")):
        raise NameRefused(f"the name {name!r} has an empty part between slashes, or one that is '.' or '..'")
    return name


def is_brief(name: str) -> bool:
    """Whether a blob says how others are to be translated: `translate.json`, or `talk.mp4.translate.json`."""
    base = name.rpartition("/")[2]
    return base == BRIEF or (base.endswith(f".{BRIEF}") and base != f".{BRIEF}")


def is_left_over(name: str) -> bool:
    """Whether it is what a browser or an editor leaves behind while it saves a file."""
    base = name.rpartition("/")[2].lower()
    return base.startswith(LEFT_OVER_BEGINNINGS) or base.endswith(LEFT_OVER_ENDINGS)


def _ends_like_a_receipt(name: str) -> bool:
    """Whether it is the name of a file with a language after it, which the receipt of that translation begins with."""
    file, _, last = name.rpartition("/")[2].rpartition(".")
    return "." in file and is_known(last)

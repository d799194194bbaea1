"""Kinds of files, by the extension."""

from collections.abc import Mapping

from shared.names import BlobName

KINDS: Mapping[str, frozenset[str]] = {
    "video": frozenset({".mp4", ".mov", ".webm", ".avi", ".wmv", ".mkv", ".m4v"}),
    "audio": frozenset({".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg"}),
    "document": frozenset(
        {".txt", ".rtf", ".docx", ".pptx", ".xlsx", ".doc", ".ppt", ".xls", ".odt", ".odp", ".ods", ".msg", ".html"}
        | {".htm", ".md", ".markdown", ".mhtml", ".mht", ".xlf", ".xliff", ".tsv", ".tab", ".csv", ".pdf", ".eml"}
    ),
    "subtitles": frozenset({".srt", ".vtt"}),
}


def kind_of(name: BlobName) -> str:
    """video, audio, document or subtitles, by the extension; empty for none of them."""
    return next((kind for kind, extensions in KINDS.items() if name.extension.lower() in extensions), "")

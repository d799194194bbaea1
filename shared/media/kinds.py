"""Kinds of files, by the extension."""

from collections.abc import Mapping

from shared.names import BlobName

#: Documents are what Document Translation takes in any of its versions, the images of its newest included:
#: https://learn.microsoft.com/azure/ai-services/translator/document-translation/overview#supported-document-formats
KINDS: Mapping[str, frozenset[str]] = {
    "video": frozenset({".mp4", ".mov", ".webm", ".avi", ".wmv", ".mkv", ".m4v"}),
    "audio": frozenset({".mp3", ".wav", ".m4a", ".aac", ".flac", ".ogg"}),
    "document": frozenset(
        {".txt", ".rtf", ".docx", ".pptx", ".xlsx", ".doc", ".ppt", ".xls", ".odt", ".odp", ".ods", ".msg", ".eml"}
        | {".html", ".htm", ".mhtml", ".mht", ".pdf", ".tsv", ".tab", ".csv", ".xlf", ".xliff", ".dita", ".ditamap"}
        | {".md", ".markdown", ".mdown", ".mkdn", ".mkd", ".mdwn", ".mdtxt", ".mdtext", ".rmd"}
        | {".xml", ".ooxml", ".json", ".jpeg", ".png", ".bmp", ".webp"}
    ),
    "subtitles": frozenset({".srt", ".vtt", ".sbv", ".ass", ".ssa", ".ttml", ".dfxp"}),
}


def kind_of(name: BlobName) -> str:
    """video, audio, document or subtitles, by the extension; empty for none of them."""
    return next((kind for kind, extensions in KINDS.items() if name.extension.lower() in extensions), "")

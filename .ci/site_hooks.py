"""What the site needs beside docs/: ARCHITECTURE.md, which lies above, with its links."""

from pathlib import Path
from typing import Any

from properdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
ABOVE = "ARCHITECTURE.md"


def on_files(files: Files, config: Any) -> Files:  # noqa: ANN401 -- the hook's own signature
    """Add the page above as one of the site."""
    text = (ROOT / ABOVE).read_text("utf-8").replace("](docs/", "](")
    files.append(File.generated(config, ABOVE, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:  # noqa: ANN401 -- the hook's own signature
    """Let links to the page above lead to where it is in the site."""
    return markdown.replace(f"](../{ABOVE}", f"]({ABOVE}")

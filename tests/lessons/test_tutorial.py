"""The notebook runs from its first cell to its last, and shows what it computes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

FILE = Path(__file__).parents[2] / "docs" / "tutorial" / "first_model.ipynb"
KERNEL = "python3"


def shown(notebook: Any) -> list[list[str]]:
    """Return what every cell printed or shows as text; pictures only as such, for fonts differ."""
    return [
        [output["text"] if output["output_type"] == "stream" else output["data"]["text/plain"] for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]  # fmt: skip


@pytest.mark.assurance
def test_the_notebook_shows_what_it_computes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it does not after a results change: ``jupyter execute --inplace docs/tutorial/first_model.ipynb``."""
    monkeypatch.delenv("MPLBACKEND", raising=False)  # pictures into the notebook, as on a screen
    stored = nbformat.read(FILE, as_version=4)
    again = nbformat.read(FILE, as_version=4)
    for cell in again.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(
        again, timeout=300, kernel_name=KERNEL, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    complaints = [o for cell in again.cells for o in cell.get("outputs", []) if o.get("name") == "stderr"]
    assert not complaints
    assert shown(again) == shown(stored)
    assert any(
        "image/png" in output.get("data", {}) for cell in again.cells for output in cell.get("outputs", [])
    )
    assert list(tmp_path.iterdir()) == []


def test_it_tells_nothing_of_the_machine_it_was_made_on() -> None:
    notebook = nbformat.read(FILE, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == KERNEL
    text = FILE.read_text(encoding="utf-8")
    here = (tempfile.gettempdir(), str(Path.home()), str(FILE.parents[2]))
    assert not [word for word in ("/tmp/", "/home/", "/Users/", *here) if word in text]

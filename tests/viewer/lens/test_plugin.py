"""Another package brings a lens for its own program: the one that docs/viewer.md shows, installed as packages are."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl

from ipcreel.reel import Reel
from ipcreel.reel.installed import installed
from reelview.lens.find import find_lens
from reelview.panels.page_panel import PagePanel
from tests.viewer.conftest import record

DOCS = Path(__file__).parents[3] / "docs" / "viewer.md"

SHOP = """
import os, sysv_ipc
queue = sysv_ipc.MessageQueue(None, sysv_ipc.IPC_CREX)
if os.fork() == 0:
    for _ in range(5):
        queue.receive()
    os._exit(0)
for word in (b"order 1", b"hello", b"order 2", b"order 3", b"bye"):
    queue.send(word)
os.wait()
queue.remove()
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Reel:
    """A program that no lens of ours knows: it sends three orders, and two other messages."""
    return record(tmp_path_factory.mktemp("shop"), "shop", sys.executable, "-c", SHOP)


@pytest.fixture
def installed_lens(tmp_path, monkeypatch):
    """A package with the lens of the documentation and its entry point, found as if pip had put it there."""
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL) if "Lens" in block)
    (point,) = (block for block in re.findall(r"```toml\n(.*?)```", DOCS.read_text(), re.DOTALL) if "lenses" in block)
    package, about = tmp_path / "shop", tmp_path / "shop-1.0.dist-info"
    package.mkdir()
    about.mkdir()
    (package / "__init__.py").write_text("")
    (package / "lens.py").write_text(code)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n")
    name, value = re.search(r"(\w+) = \"(.*)\"", point).groups()
    (about / "entry_points.txt").write_text(f"[ipcreel.lenses]\n{name} = {value}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    installed.cache_clear()
    yield
    installed.cache_clear()
    for module in [module for module in sys.modules if module.partition(".")[0] == "shop"]:
        del sys.modules[module]


def test_the_lens_of_the_documentation_is_found_by_its_entry_point(shop, reel_without_market, installed_lens):
    lens, trouble = find_lens(shop)
    assert trouble == ""
    assert lens.title == "Orders"
    assert len(lens.tick_ns) == 3
    assert find_lens(reel_without_market) == (None, "")


def test_it_has_its_panel_its_curve_its_ticks_and_its_table_in_the_window(shop, installed_lens, opened, tmp_path):
    window = opened(shop)
    session, dock = window.session, window.docks["pricing"]
    assert dock.windowTitle() == "Orders"
    assert session.data.tick_ns.tolist() == session.lens.tick_ns.tolist()
    session.go_to(int(session.lens.tick_ns[1]))
    page = dock.widget().findChild(PagePanel)
    page.rewrite()
    assert page.toPlainText() == "2 orders so far. the last of them"
    page._on_link(QUrl(re.search(r"event:\d+", page.toHtml())[0]))
    assert shop.payload(session.selection.selected_event) == b"order 2"
    window.exporting.write_data("pricing", tmp_path / "orders.csv")
    with (tmp_path / "orders.csv").open(newline="") as file:
        assert [shop.payload(int(row["order"])) for row in csv.DictReader(file)] == [b"order 1", b"order 2", b"order 3"]

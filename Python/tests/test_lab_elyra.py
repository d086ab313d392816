"""Lyre's editor beside that of Elyra, in JupyterLab."""

import pytest

pytest.importorskip("jupyterlab", reason="JupyterLab is in an environment of its own")
pytest.importorskip("elyra.pipeline", reason="Elyra is in an environment of its own")
pytest.importorskip("playwright", reason="the browser is driven by playwright")

from lab import browser, file_item, jupyter, lyre, open_page, tab  # noqa: E402
from playwright.sync_api import expect  # noqa: E402
from test_lab import canvas, fill  # noqa: E402

__all__ = ["browser", "jupyter", "open_page"]


@pytest.fixture
def page(jupyter, open_page):
    server = jupyter()
    fill(server.root)
    return open_page(server)


def test_elyras_editor_stays_the_default_and_lyres_is_under_open_with(page):
    file_item(page, "demo.pipeline").dblclick()
    expect(page.locator('[class*="elyra-Pipeline"]').first).to_be_visible()
    expect(page.locator(".lyre-page")).to_have_count(0)
    file_item(page, "demo.pipeline").click(button="right")
    page.locator('.lm-Menu-item:has-text("Open With")').hover()
    page.locator('.lm-Menu-item:has-text("Lyre Pipeline Editor")').click()
    expect(canvas(page)).to_be_visible()


def test_the_tiles_are_in_elyras_launcher(page):
    page.locator('.jp-LauncherCard:has-text("Lyre: Pipelines and Runs")').click()
    expect(lyre(page).get_by_role("link", name="demo.pipeline")).to_be_visible()
    tab(page, "Launcher").click()
    page.locator('.jp-LauncherCard:has-text("New Lyre Pipeline")').click()
    expect(canvas(page)).to_be_visible()

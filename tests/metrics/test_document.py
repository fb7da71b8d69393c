"""The published definitions are those of the program."""

from pathlib import Path

from funnel_tui.metrics import CATALOGUE
from funnel_tui.metrics.document import page
from funnel_tui.metrics.recipes import RECIPES


def test_the_page_is_the_catalogues() -> None:
    published = Path(__file__).parents[2] / "docs" / "metrics.md"
    assert published.read_text(encoding="utf-8") == page()


def test_every_metric_of_the_catalogue_has_a_recipe_and_no_other_has() -> None:
    assert set(RECIPES) == set(CATALOGUE)

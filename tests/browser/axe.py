"""axe-core: the rules of WCAG 2.2 A and AA that a program can check."""

import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from tests.browser.tab import Tab

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@lru_cache(maxsize=1)
def _script() -> str:
    """The script, from the package that carries it: that package itself is not imported."""
    package = find_spec("axe_playwright_python")
    assert package is not None
    assert package.submodule_search_locations
    path = Path(package.submodule_search_locations[0]) / "axe.min.js"
    return path.read_text(encoding="utf-8")


def violations(tab: Tab) -> list[str]:
    """Return what breaks a rule in a page, as it is shown now: rule, element, why."""
    if not tab.value("Boolean(window.axe)"):
        tab.value(f"{_script()}; true")
    options = json.dumps(
        {"runOnly": {"type": "tag", "values": _TAGS}, "resultTypes": ["violations"]}
    )
    found = tab.value(
        f"axe.run(document, {options}).then(found => found.violations.flatMap(rule => "
        "rule.nodes.map(node => `${rule.id}: ${node.target} ${node.failureSummary}`)))"
    )
    return [str(line) for line in found]

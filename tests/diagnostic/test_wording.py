"""No page, file or description of the diagnosis accuses anybody."""

import re
import unicodedata
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.datasets import Dataset, read_datasets
from tests.diagnostic.conftest import PAGES, Get
from tests.factories.small_datasets import DIAGNOSIS, FIGURES, SIGNALS

pytestmark = pytest.mark.xdist_group("pages_du_diagnostic")
# Never said of anybody; whole words where one is the beginning of an innocent one (un faux plafond
# is a domain of training).
_FORBIDDEN = re.compile(r"fraud|illegal|\bfaux\b(?! plafond)|\bfausse|escro[cq]|sanction")
_ENDS = ("", ".csv", ".json")
_CATALOG = "/api/explore/v2.1/catalog/datasets"
_MORE = ("/diagnostic/habilitations", "/", _CATALOG,
         *(f"{_CATALOG}/{x}" for x in (SIGNALS, DIAGNOSIS, FIGURES)))  # fmt: skip
_WORDS = ("FRAUDE", "frauduleux", "Illégal", "illégale", "un faux", "fausses", "escroquerie",
          "sanctionné")  # fmt: skip


def forbidden(text: str) -> list[str]:
    """Return the words that must not be there, whatever their accents and capitals."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return _FORBIDDEN.findall("".join(x for x in letters if not unicodedata.combining(x)))


@pytest.mark.parametrize("word", _WORDS)
def test_a_forbidden_word_would_be_found(word: str) -> None:
    assert forbidden(f"Un organisme : {word}.")
    assert not forbidden("Pose de faux plafonds, il faut, la valeur par défaut")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("end", _ENDS)
def test_no_page_nor_file_accuses(get: Get, path: str, end: str) -> None:
    address, _, query = path.partition("?")
    answer = get(f"{address}{end}" + (f"?{query}" if query else PAGES[path]))
    assert answer.status_code == 200
    assert forbidden(answer.text) == []


@pytest.mark.parametrize("path", _MORE)
def test_no_way_to_them_accuses(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200
    assert forbidden(answer.text) == []


@pytest.mark.parametrize("name", [SIGNALS, DIAGNOSIS, FIGURES])
def test_no_description_accuses(datasets: dict[str, Dataset], name: str) -> None:
    told = repr(datasets[name])
    assert datasets[name].colonnes[0].description in told.replace("\\n", "\n")
    assert forbidden(told) == []


def test_no_source_of_their_texts_accuses() -> None:
    """Seeds whose words are published, templates, models and their documentation."""
    project = settings.PROJECT
    folders = [project / "models" / "marts" / name for name in (SIGNALS, DIAGNOSIS, FIGURES)]
    folders += [project / "portal" / "diagnostic"]
    folders += [project / "models" / "intermediate" / x
                for x in ("diagnostic", "habilitations", "chiffres")]  # fmt: skip
    paths: list[Path] = [path for folder in folders for path in folder.rglob("*.*")]
    paths += [path for path in (project / "seeds").iterdir() if path.name != "formacode.csv"]
    paths += list((project / "models").glob("colonnes_*.md"))
    paths = [path for path in paths if path.suffix != ".pyc"]
    assert len(paths) > 50
    for path in paths:
        assert forbidden(path.read_text(encoding="utf-8")) == [], path


def test_every_dataset_is_looked_at() -> None:
    assert {name for name, x in read_datasets().items() if x.derived} == {DIAGNOSIS, FIGURES}

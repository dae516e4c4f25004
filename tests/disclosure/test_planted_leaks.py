"""Methods that leak, against the very gate that blocks a publication: each leak is refused, each
rule is needed, and what the sound method publishes of the same dossiers passes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.linked_tables import subtract_totals
from orchestration.disclosure.gate.outcomes import Finding
from tests.disclosure.leaks import amounts, between_versions, persons
from tests.disclosure.leaks.between_datasets import Difference, differences, sound_differences
from tests.disclosure.leaks.method import SECOND, Method
from tests.factories.few_tables import FEW
from tests.factories.random_dossiers import dossiers, revised
from tests.factories.rendered_models import PROJECT_FILE, Edit, Models
from tests.factories.small_datasets import PURCHASES, USERS
from tests.factories.small_versions import VAULT, Version, first_version, second_version
from tests.factories.two_datasets import both_published

pytestmark = pytest.mark.xdist_group("planted_leaks")

COUNT = 700
KINDS: Mapping[str, Method] = {**persons.KINDS, **amounts.KINDS, **between_versions.KINDS}
EXPECTED = {kind: method.rules for kind, method in KINDS.items()} | {
    difference.kind: frozenset({difference.rule}) for difference in differences()
}
# Both datasets with one threshold; the random dossiers (seeds) of first versions, of second ones.
LOW = Edit(PROJECT_FILE, "seuil: 11\n", "seuil: 5\n")
HIGH = Edit(PROJECT_FILE, "seuil: 5\n", "seuil: 11\n")
FIRST_SEEDS = {PURCHASES: range(1, 10), USERS: range(1, 6)}
SECOND_SEEDS = {PURCHASES: (2, 5, 7, 9), USERS: (1, 3, 4)}
HIGH_SEEDS = {PURCHASES: range(1, 5), USERS: range(1, 5)}
RULES = settings.PROJECT / "orchestration" / "disclosure" / "gate" / "sql" / "rules"
# What others imply. A row of too few persons says so, or says something else than its dossiers; and
# the only sum that gives a small unit back is a row of that unit alone.
IMPLIED = {"personnes_par_ligne", "personnes_determinees"}


@dataclass(frozen=True)
class Verdict:
    """The rules that refuse a leak."""

    kind: str
    failures: frozenset[str]


@dataclass(frozen=True)
class Judged:
    """What the gate says of what is sound, and of each leak; the versions they are planted in."""

    sound: tuple[tuple[Finding, ...], ...]
    leaks: tuple[Verdict, ...]
    versions: tuple[Version, ...]


@pytest.fixture(scope="module")
def judged(datasets: dict[str, Dataset], tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("versions")
    low = {name: replace(datasets[name], seuil=5) for name in (PURCHASES, USERS)}
    high = {name: replace(datasets[name], seuil=11) for name in (PURCHASES, USERS)}
    versions = (
        *_versions(low, Models(LOW, *FEW), FIRST_SEEDS, None),
        *_versions(low, Models(LOW, *FEW), SECOND_SEEDS, folder),
    )
    others = (
        *_versions(high, Models(HIGH, *FEW), HIGH_SEEDS, None),
        *_versions(high, Models(HIGH, *FEW), HIGH_SEEDS, folder),
    )
    return Judged(
        (
            *(version.judge() for version in (*versions, *others)),
            *(_judge_difference(datasets, each) for each in sound_differences()),
        ),
        (
            *_planted(versions, KINDS),
            *(
                Verdict(each.kind, _refusals(_judge_difference(datasets, each)))
                for each in differences()
            ),
        ),
        versions,
    )


def _versions(
    datasets: Mapping[str, Dataset],
    models: Models,
    seeds: Mapping[str, Iterable[int]],
    folder: Path | None,
) -> Iterator[Version]:
    """Make first versions; where they are published, in ``folder``, those that follow them."""
    for name, numbers in seeds.items():
        for seed in numbers:
            version = first_version(datasets[name], models, seed, COUNT)
            if folder:
                file = folder / f"{name}_{seed}_{version.dataset.seuil}"
                version = second_version(version, seed, COUNT, file)
            yield version


def _planted(versions: Iterable[Version], kinds: Mapping[str, Method]) -> Iterator[Verdict]:
    """Make each version by each method that leaks: where it does, say which rules refuse it."""
    models = {kind: Models(LOW, *FEW, *method.edits) for kind, method in kinds.items()}
    for version in versions:
        for kind, method in kinds.items():
            follows = version.previous is not None
            if version.dataset.nom in method.datasets and follows == (method.version == SECOND):
                failures = _refusals_of_a_leak(version, method, models[kind])
                if failures is not None:
                    yield Verdict(kind, failures)


def _refusals_of_a_leak(version: Version, method: Method, models: Models) -> frozenset[str] | None:
    """Return the rules that refuse what a method makes; None where nothing leaks."""
    told, shown = version.digest(), version.value(method.shown or "select 0")
    with version.undone():
        if method.inherited and version.previous:
            planted = version.after(method.inherited, version.previous.with_suffix(".before"))
            planted.build(models, since="diffusion")
        else:
            planted = version
            planted.build(models, since=version.first_changed(models))
        leaks = planted.value(method.shown) > shown if method.shown else True
        return _refusals(planted.judge()) if leaks and planted.digest() != told else None


def _refusals(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset(finding.regle for finding in findings if not finding.success)


def _judge_difference(
    datasets: Mapping[str, Dataset], difference: Difference
) -> tuple[Finding, ...]:
    both = datasets[PURCHASES], datasets[USERS]
    with both_published(*both, difference.persons, difference.month) as connection:
        return tuple(subtract_totals(connection, *both))


def test_sound_versions_pass(judged: Judged) -> None:
    assert len(judged.sound) >= 36
    assert [_refusals(findings) for findings in judged.sound] == [frozenset()] * len(judged.sound)


def test_second_versions_revise_the_first(judged: Judged) -> None:
    """Otherwise nothing could leak between the two."""
    for seed in SECOND_SEEDS[PURCHASES]:
        before = dossiers(seed, COUNT)
        after = revised(seed, before)
        assert len(after) > len(before)
        moved = after[: len(before)].compare(before)
        assert {
            *("statut_dossier", "montant_engage", "code_departement_lieu"),
            *("nombre_heures_h", "titulaire"),
        } <= {column for column, _ in moved}
    suites, editions = set(), set()
    for version in judged.versions:
        if version.previous:
            suites |= set(version.rows(f"select suite from {VAULT}.int_{{jeu}}__suites"))
            editions |= set(
                version.rows(
                    "select distinct avant.edition, apres.edition from coffre.registre.lignes "
                    f"as avant full join {VAULT}.int_{{jeu}}__diffusion as apres using (cohorte)"
                )
            )
    assert suites == {("figee",), ("inchangee",), ("revisee",)}
    assert editions == {
        ("definitive", "definitive"),
        ("provisoire", "definitive"),
        ("provisoire", "provisoire"),
        (None, "provisoire"),
    }


def test_the_leaks_are_many_and_of_many_kinds(judged: Judged) -> None:
    planted = Counter(verdict.kind for verdict in judged.leaks)
    assert set(planted) == set(EXPECTED)
    assert len(planted) >= 24
    assert planted.total() >= 400


@pytest.mark.parametrize("kind", EXPECTED)
def test_every_leak_is_refused(judged: Judged, kind: str) -> None:
    refusals = [verdict.failures for verdict in judged.leaks if verdict.kind == kind]
    assert refusals
    assert [rules for rules in refusals if not rules & EXPECTED[kind]] == []


# Of a dataset that has counters: see test_counters.py.
OF_COUNTERS = {
    "etablissements_des_sorties",
    "personnes_de_l_ecart_par_periode",
    "restes_des_compteurs",
    "sorties_unanimes",
}


def test_each_rule_is_needed(judged: Judged) -> None:
    """Without it alone, some leak would be published."""
    rules = {finding.regle for findings in judged.sound for finding in findings}
    assert rules >= {path.stem for path in RULES.iterdir()} - OF_COUNTERS
    alone = [each.failures for each in judged.leaks if len(each.failures) == 1]
    assert {rule for (rule,) in alone} == rules - IMPLIED
    for rule in IMPLIED:
        refusals = [each.failures for each in judged.leaks if rule in each.failures]
        assert refusals
        assert all(failures - IMPLIED for failures in refusals)


@pytest.mark.parametrize(("seed", "follows"), [(28, True), (11, False)])
def test_what_was_refused_once_passes(
    datasets: dict[str, Dataset], tmp_path: Path, seed: int, *, follows: bool
) -> None:
    """A dossier that leaves a kept row for one brought up to date; what a family does not show for
    its status, beside small cells.
    """
    version = first_version(datasets[PURCHASES], Models(), seed, COUNT)
    if follows:
        version = second_version(version, seed, COUNT, tmp_path / "avant")
    assert _refusals(version.judge()) == frozenset()

"""The public face of the graph: its assets, checks, jobs and rhythms.

A dependency key with a typo silently becomes an external asset, so the keys are compared here.
"""

from pathlib import Path

import dagster as dg
import pytest

from orchestration import automation, settings
from orchestration.datasets import read_datasets, variables
from orchestration.landing import assets as landing
from orchestration.resources import STATE, State
from orchestration.run import show_in_the_timeline
from tests.factories.edof_catalogue import catalog, formation

DATASETS = {
    "chiffres_cles": "mensuel",
    "entree_sortie_formation": "trimestriel",
    "moncompteformation_catalogueformation": "quotidien",
    "moncompteformation_formations_engagees": "mensuel",
    "moncompteformation_formations_engagees_totaux": "mensuel",
    "moncompteformation_usagers": "trimestriel",
    "moncompteformation_usagers_totaux": "trimestriel",
    "offre_et_demande": "mensuel",
    "signaux_habilitation": "quotidien",
}
OFFER = "moncompteformation_catalogueformation"
ENTRIES = "entree_sortie_formation"
COUNTED = ["moncompteformation_formations_engagees", "moncompteformation_usagers"]
PERSONAL = [ENTRIES, *COUNTED]
TOTALS = [f"{dataset}_totaux" for dataset in COUNTED]


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    # With a bucket, so that its assets are looked at too; without one there are none.
    with (
        settings.state_in(tmp_path_factory.mktemp("definitions")),
        settings.environment(CPF_OBJETS="s3://un-seau"),
    ):
        from orchestration.definitions import defs

        return defs()


def test_every_dependency_is_an_asset_of_the_project(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert {key.to_user_string() for key in graph.external_asset_keys} == {
        f"registre/{dataset}" for dataset in (*PERSONAL, OFFER)
    }


def test_assets_by_group(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    groups: dict[str, set[str]] = {}
    for key in graph.get_all_asset_keys():
        groups.setdefault(str(graph.get(key).group_name), set()).add(key.path[-1])
    folders = {path.name for path in (settings.PROJECT / "models").iterdir() if path.is_dir()}
    assert set(groups) == folders | {
        *("landing", "seeds", "registre", "candidats", "publications", "objets")
    }
    assert groups["landing"] == set(settings.SOURCES)
    assert groups["marts"] == groups["candidats"] == groups["publications"] == set(DATASETS)
    assert groups["objets"] == set(DATASETS)


def test_what_is_made_of_public_exports_needs_no_dossier(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    chosen = automation.public_selection(list(read_datasets().values())).resolve(graph)
    names = {key.to_user_string() for key in chosen}
    assert {f"atterrissage/{source}" for source in settings.PUBLIC_EXPORTS} <= names
    assert {name for name in names if name.startswith("publications/")} == {
        f"publications/{name}" for name, x in read_datasets().items() if x.as_published or x.derived
    }
    assert not [name for name in names if "dossiers" in name or "financements" in name]


def test_each_dataset_has_a_blocking_gate(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for dataset in DATASETS:
        key = dg.AssetCheckKey(dg.AssetKey(["candidats", dataset]), "qualite")
        assert graph.get_check_spec(key).blocking


def test_each_dataset_of_persons_has_a_disclosure_gate(definitions: dg.Definitions) -> None:
    """The one for two of them is on the narrower dataset, and waits for no gate of the others."""
    graph = definitions.resolve_asset_graph()
    secret = {
        (key.asset_key.path[-1], key.name): graph.get_check_spec(key).blocking
        for key in graph.asset_check_keys
        if key.name.startswith("secret")
    }
    narrow = [ENTRIES, COUNTED[1]]
    assert secret == {(dataset, "secret"): True for dataset in [*PERSONAL, *TOTALS]} | {
        (dataset, "secret_commun"): True for dataset in narrow
    }
    for dataset in narrow:
        key = dg.AssetCheckKey(dg.AssetKey(["candidats", dataset]), "secret_commun")
        assert not list(graph.get_check_spec(key).additional_deps)


def test_rhythms(definitions: dg.Definitions) -> None:
    crons = {
        schedule.name: schedule.cron_schedule
        for schedule in definitions.schedules or []
        if isinstance(schedule, dg.ScheduleDefinition)
    }
    declared = read_datasets()
    assert set(crons) == {
        f"{frequency}_{automation.job_name(declared[dataset])}"
        for dataset, frequency in DATASETS.items()
        if dataset not in TOTALS
    }


@pytest.mark.parametrize("notice", ["Données inventées.", ""])
def test_daily_schedules_run_by_themselves_on_real_extracts_alone(
    monkeypatch: pytest.MonkeyPatch, notice: str
) -> None:
    declared = variables()
    site = {**declared["site"], "avis": notice}
    monkeypatch.setattr(automation, "variables", lambda: {**declared, "site": site})
    found = automation.schedules(list(read_datasets().values()))
    running = {item.name for item in found if item.default_status.value == "RUNNING"}
    daily = {item.name for item in found if item.name.startswith("quotidien_")}
    assert daily
    assert running == (set() if notice else daily)


def test_names_of_jobs_are_read_whole(definitions: dg.Definitions) -> None:
    """Dagster's lists cut them at 24 characters."""
    names = {job.name for job in definitions.jobs or []}
    assert len(names) == len(DATASETS) - len(TOTALS) + 1
    assert all(len(name) <= 24 for name in names), names


def test_declared_datasets() -> None:
    assert {name: dataset.frequency for name, dataset in read_datasets().items()} == DATASETS


@pytest.mark.slow
def test_importing_does_no_io(tmp_path: Path) -> None:
    """Importing the assembly in a new process leaves the state folder untouched."""
    import subprocess
    import sys

    code = "import orchestration.definitions, orchestration.cli.app"
    with settings.state_in(tmp_path / "rien"):
        subprocess.run([sys.executable, "-c", code], check=True)
    assert not (tmp_path / "rien").exists()


def test_the_job_of_a_dataset_publishes_it_with_its_totals(definitions: dg.Definitions) -> None:
    for dataset in DATASETS:
        pairs = [pair for pair in zip(COUNTED, TOTALS, strict=True) if dataset in pair]
        expected = {dataset}.union(*pairs)
        job = definitions.resolve_job_def(automation.job_name(read_datasets()[dataset]))
        keys = job.asset_layer.executable_asset_keys
        for copies in ("publications", "objets"):
            assert {key.path[-1] for key in keys if key.path[0] == copies} == expected


def test_totals_come_after_their_rows(definitions: dg.Definitions) -> None:
    """What is told of them is remembered with the rows: nothing is told that is not."""
    graph = definitions.resolve_asset_graph()
    for rows, totals in zip(COUNTED, TOTALS, strict=True):
        before = graph.get(dg.AssetKey(["publications", totals])).parent_keys
        # Nor are rows published without totals: these gates stand before both.
        waits = graph.get(dg.AssetKey(["publications", rows])).parent_keys
        assert dg.AssetKey(["candidats", totals]) in waits
        assert dg.AssetKey(["publications", rows]) in before


def test_a_resource_moves_the_state_of_an_asset(data_folder: Path, tmp_path: Path) -> None:
    """What the UI's launchpad does: every asset works in the folder that its run was given."""
    elsewhere = tmp_path / "ailleurs"
    [edof] = [asset for asset in landing.assets() if asset.key.path[-1] == "edof"]
    delivery = elsewhere / "extraits" / "edof" / "edof_catalogue_2026-05-31.xml"
    delivery.parent.mkdir(parents=True)
    delivery.write_bytes(catalog(formation()))
    run = dg.materialize([edof], resources={STATE: State(folder=str(elsewhere))})
    assert run.success
    assert list((elsewhere / "atterrissage" / "edof").iterdir())
    assert not (data_folder / "atterrissage").exists()
    assert settings.data() == data_folder


def test_a_run_can_be_asked_to_rebase(definitions: dg.Definitions) -> None:
    """The models and the publication are told by one configuration, which is empty by default."""
    users = COUNTED[1]
    job = definitions.resolve_job_def(automation.job_name(read_datasets()[users]))
    config = dg.validate_run_config(job, automation.run_config([users]))
    assert config["resources"][STATE]["config"] == {"folder": "", "rebase": [users]}
    assert dg.validate_run_config(job)["resources"][STATE]["config"]["rebase"] == []
    with pytest.raises(dg.DagsterInvalidConfigError):
        dg.validate_run_config(job, {"resources": {STATE: {"config": {"rebases": []}}}})


def test_a_run_of_the_command_line_is_in_the_timeline() -> None:
    """Dagster shows there only runs whose job it can find again in the code that it loads."""

    @dg.job(name="usagers")
    def job() -> None:
        """Nothing."""

    with dg.DagsterInstance.ephemeral() as instance:
        before = instance.get_run_by_id(job.execute_in_process(instance=instance).run_id)
        show_in_the_timeline(instance, "usagers")
        after = instance.get_run_by_id(job.execute_in_process(instance=instance).run_id)
    assert before
    assert before.remote_job_origin is None
    assert after
    assert after.remote_job_origin
    origin = after.remote_job_origin
    assert origin.job_name == "usagers"
    assert origin.repository_origin.get_label() == "__repository__@orchestration.definitions"


DERIVED = ["chiffres_cles", "offre_et_demande"]


def test_what_is_made_of_versions_comes_after_them(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    declared = read_datasets()
    assert [name for name, dataset in declared.items() if dataset.derived] == DERIVED
    for name in DERIVED:
        before = dg.AssetSelection.assets(["marts", name]).upstream().resolve(graph)
        read = {key.path[1] for key in before if key.path[0] == "publications"}
        assert read == declared[name].all_sources
        # Alone, it reads what is published, and makes none of it again.
        job = definitions.resolve_job_def(name).asset_layer.executable_asset_keys
        rooms = {key.path[0] for key in job}
        assert rooms >= {"marts", "intermediate", "nomenclatures", "candidats", "publications"}
        own = {parent for key in job for parent in graph.get(key).parent_keys}
        assert {key for key in job if key.path[0] == "atterrissage"} <= own
        assert {key.path[1] for key in job if key.path[0] == "marts"} == {name}


@pytest.mark.parametrize("dataset", sorted(DATASETS))
def test_a_dataset_alone_lands_all_that_its_models_read(
    definitions: dg.Definitions, dataset: str
) -> None:
    """A model whose source is not there stops the build, not only its dataset."""
    graph = definitions.resolve_asset_graph()
    chosen = automation.selection_of([dataset]).resolve(graph)
    landed = {key for key in graph.get_all_asset_keys() if graph.get(key).group_name == "landing"}
    read = {parent for key in chosen for parent in graph.get(key).parent_keys} & landed
    # Key figures are made of versions alone.
    assert bool(read) == (dataset != "chiffres_cles")
    assert read <= chosen

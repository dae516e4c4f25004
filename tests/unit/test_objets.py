"""Publications in a bucket of a real S3 server: what arrives, in which order, what is refused."""

import shutil
from pathlib import Path

import obstore
import pytest

from orchestration import settings
from orchestration.objets import pousser as module
from orchestration.objets.erreurs import ConflitError, IntegriteError
from orchestration.objets.pousser import pousser
from orchestration.objets.seau import Seau
from orchestration.publication.fichiers import json_lisible
from tests.unit import petits_depots
from tests.unit.petits_depots import (
    JEU,
    adresse,
    cpf,
    deux_versions,
    fichiers,
    objets,
    octets,
    publier_octets,
    taire,
)
from tests.unit.relais_s3 import relais
from tests.unit.serveur_s3 import Serveur

pytestmark = pytest.mark.xdist_group("s3")


def test_headers_of_versions_and_of_what_changes(s3: Serveur, prefixe: str) -> None:
    publier_octets(JEU, 1, {"a.csv": b"1", "b.parquet": octets(3, 9_000_000), "c.json": b"{}"})
    settings.site().mkdir()
    (settings.site() / "index.html").write_text("<p>")
    pousser(adresse(prefixe), dire=taire)
    for name, kind, cache in (
        (
            f"{JEU}/2026.03.1/a.csv",
            "text/csv; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        (
            f"{JEU}/2026.03.1/b.parquet",
            "application/vnd.apache.parquet",
            "public, max-age=31536000, immutable",
        ),
        (f"{JEU}/2026.03.1/SHA256SUMS", "text/plain; charset=utf-8", "no-cache"),
        (f"{JEU}/current.json", "application/json", "no-cache"),
        ("index.html", "text/html; charset=utf-8", "no-cache"),
    ):
        found = obstore.get(s3.store(), f"{prefixe}/{name}").attributes
        assert (found["Content-Type"], found["Cache-Control"]) == (kind, cache), name


def test_the_manifest_then_the_sums_then_the_pointer_then_the_site(
    prefixe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deux_versions()
    settings.site().mkdir()
    (settings.site() / "index.html").write_text("<p>")
    sent: list[str] = []
    put = Seau._put

    def noting(self: Seau, nom: str, *others: object) -> None:
        sent.append(nom)
        put(self, nom, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(Seau, "_put", noting)
    pousser(adresse(prefixe), dire=taire)
    order = ("a.csv", "b.parquet", "manifest.json", "SHA256SUMS")
    assert sent == [
        *(f"{JEU}/2026.03.{number}/{name}" for number in (1, 2) for name in order),
        f"{JEU}/current.json",
        "index.html",
    ]
    sent.clear()
    [again] = pousser(adresse(prefixe), dire=taire)
    assert (sent, again.objets, again.octets) == ([], 0, 0)
    assert cpf("push", adresse(prefixe)).stdout == f"{JEU} 2026.03.2 : déjà à jour\n"


def test_objects_already_there_are_compared_even_without_their_hash(
    s3: Serveur, prefixe: str
) -> None:
    first, _ = deux_versions()
    # As another tool would have copied it: no hash kept with it.
    obstore.put(s3.store(), f"{prefixe}/{JEU}/{first.name}/a.csv", b"1")
    pousser(adresse(prefixe), dire=taire)
    assert objets(s3.store(), prefixe) == fichiers(settings.publications())


@pytest.mark.parametrize("content", [b"9", b"plus long"], ids=["same size", "another size"])
def test_an_object_that_differs_stops_the_push(s3: Serveur, prefixe: str, content: bytes) -> None:
    deux_versions()
    name = f"{JEU}/2026.03.2/a.csv"
    obstore.put(s3.store(), f"{prefixe}/{name}", content)
    with pytest.raises(ConflitError, match=f"{adresse(prefixe)}/{name} existe avec un autre"):
        pousser(adresse(prefixe), dire=taire)
    held = objets(s3.store(), prefixe)
    assert f"{JEU}/current.json" not in held
    assert bytes(obstore.get(s3.store(), f"{prefixe}/{name}").bytes()) == content


def test_a_damaged_version_is_not_pushed(s3: Serveur, prefixe: str) -> None:
    _, second = deux_versions()
    (second / "a.csv").write_bytes(b"3")
    with pytest.raises(IntegriteError, match=r"a\.csv a changé"):
        pousser(adresse(prefixe), dire=taire)
    assert not any(second.name in name for name in objets(s3.store(), prefixe))


def test_a_second_publisher_cannot_move_the_pointer_back(
    s3: Serveur, prefixe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publier_octets(JEU, 1, {"a.csv": b"1"})
    shutil.copytree(settings.data(), tmp_path / "autre")
    publier_octets(JEU, 2, {"a.csv": b"2"})
    pousser(adresse(prefixe), dire=taire)
    before = objets(s3.store(), prefixe)
    monkeypatch.setenv("CPF_DATA", str(tmp_path / "autre"))
    with pytest.raises(ConflitError, match=r"désigne 2026\.03\.2, qui n'a pas été publiée ici"):
        pousser(adresse(prefixe), dire=taire)
    assert objets(s3.store(), prefixe) == before


def test_a_pointer_moved_in_between_is_looked_at_again(
    s3: Serveur, prefixe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other publisher writes between the reading and the writing of this one."""
    publier_octets(JEU, 1, {"a.csv": b"1"})
    pousser(adresse(prefixe), dire=taire)
    publier_octets(JEU, 2, {"a.csv": b"2"})
    pointer = f"{JEU}/current.json"
    stranger = json_lisible({"version": "2026.03.9", "manifest_sha256": "0", "publie_le": ""})
    read = Seau.lire

    def then_another_writes(self: Seau, nom: str):  # type: ignore[no-untyped-def]
        found = read(self, nom)
        if nom == pointer and found and found.octets != stranger:
            obstore.put(s3.store(), f"{prefixe}/{pointer}", stranger)
        return found

    monkeypatch.setattr(Seau, "lire", then_another_writes)
    with pytest.raises(ConflitError, match=r"désigne 2026\.03\.9"):
        pousser(adresse(prefixe), dire=taire)
    assert bytes(obstore.get(s3.store(), f"{prefixe}/{pointer}").bytes()) == stranger


def test_the_pointer_goes_back_with_the_local_one(s3: Serveur, prefixe: str) -> None:
    first, _ = deux_versions()
    pousser(adresse(prefixe), dire=taire)
    petits_depots.pointer(first)
    pousser(adresse(prefixe), dire=taire)
    held = bytes(obstore.get(s3.store(), f"{prefixe}/{JEU}/current.json").bytes())
    assert held == (settings.publications(JEU) / "current.json").read_bytes()


def test_a_withdrawn_file_leaves_the_bucket(
    s3: Serveur, prefixe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A withdrawal takes files off a version's list and adds the tombstone that says why."""
    first, _ = deux_versions()
    pousser(adresse(prefixe), dire=taire)
    lines = (first / "SHA256SUMS").read_text().splitlines(keepends=True)
    (first / "a.csv").unlink()
    (first / "retrait.json").write_text("{}")
    mark = fichiers(first)["retrait.json"]
    kept = [line for line in lines if not line.endswith("a.csv\n")]
    whole = (first / "SHA256SUMS").read_bytes()
    (first / "SHA256SUMS").write_text("".join([*kept, f"{mark}  retrait.json\n"]))
    monkeypatch.setattr(module, "problemes_version", lambda *_: [])
    pousser(adresse(prefixe), dire=taire)
    assert objets(s3.store(), prefixe) == fichiers(settings.publications())
    # A publisher that does not know of the withdrawal must not bring the file back.
    (first / "SHA256SUMS").write_bytes(whole)
    (first / "a.csv").write_bytes(b"1")
    with pytest.raises(ConflitError, match="SHA256SUMS existe avec un autre contenu"):
        pousser(adresse(prefixe), dire=taire)
    assert f"{JEU}/{first.name}/a.csv" not in objets(s3.store(), prefixe)


def test_the_site_waits_for_every_dataset(s3: Serveur, prefixe: str) -> None:
    deux_versions()
    publier_octets("autre_jeu", 1, {"a.csv": b"1"})
    settings.site().mkdir()
    (settings.site() / "index.html").write_text("<p>")
    said: list[str] = []
    pousser(adresse(prefixe), [JEU], dire=said.append)
    assert "Le site attend le dépôt de : autre_jeu" in said
    assert "index.html" not in objets(s3.store(), prefixe)
    pousser(adresse(prefixe), ["autre_jeu"], dire=said.append)
    assert "index.html" in objets(s3.store(), prefixe)


def test_a_server_without_conditions_still_receives(
    s3: Serveur, prefixe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deux_versions()
    with relais(s3.url, conditions=False) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        pousser(adresse(prefixe), dire=taire)
    assert objets(s3.store(), prefixe) == fichiers(settings.publications())

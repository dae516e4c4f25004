"""Publications brought back from a bucket: the same bytes, verified, or refused by name."""

from pathlib import Path

import obstore
import pytest

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.objets.erreurs import IntegriteError, ObjetsError
from orchestration.objets.pousser import pousser
from orchestration.objets.tirer import tirer
from orchestration.publication.verifier import verifier
from tests.unit import petit_etat
from tests.unit.petites_publications import publier_jeu
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
from tests.unit.petits_jeux import OFFRE
from tests.unit.serveur_s3 import Serveur

pytestmark = pytest.mark.xdist_group("s3")


def test_round_trip_of_true_publications(
    s3: Serveur, prefixe: str, jeux: dict[str, Jeu], tmp_path: Path
) -> None:
    petit_etat.atterrir_tout()
    publier_jeu(jeux[OFFRE])
    publier_octets(JEU, 1, {"gros.parquet": octets(1, 20_000_000), "vide.csv": b""})
    publier_octets(JEU, 2, {"gros.parquet": octets(2, 9_000_000)})
    (settings.site() / OFFRE).mkdir(parents=True)
    (settings.site() / OFFRE / "index.html").write_text("<p>é</p>")
    (settings.site() / "catalogue.ttl").write_text("# rien")
    (settings.site() / ".en_cours-x").write_text("brouillon")

    pushed = cpf("push", adresse(prefixe))
    assert (pushed.returncode, pushed.stderr.count("dépôt de")) == (0, 3), pushed.stderr
    here = fichiers(settings.publications()) | fichiers(settings.site())
    assert objets(s3.store(), prefixe) == {
        name: digest for name, digest in here.items() if "en_cours" not in name
    }

    pulled = cpf("pull", adresse(prefixe), tmp_path / "recu", "--toutes")
    assert pulled.returncode == 0, pulled.stderr
    assert pulled.stdout.count("intègre") == 3
    assert fichiers(tmp_path / "recu") == fichiers(settings.publications())
    assert all(item.ok for item in verifier(tmp_path / "recu"))
    assert cpf("verify", tmp_path / "recu").returncode == 0


def test_only_the_current_version_by_default(prefixe: str, tmp_path: Path) -> None:
    deux_versions()
    pousser(adresse(prefixe), dire=taire)
    for expected in (True, False):
        [received] = tirer(adresse(prefixe), tmp_path / "recu", toutes=False, dire=taire)
        assert (received.version, received.octets > 0) == ("2026.03.2", expected)
    folder = tmp_path / "recu" / JEU
    assert sorted(path.name for path in folder.iterdir()) == ["2026.03.2", "current.json"]


@pytest.mark.parametrize("name", ["a.csv", "manifest.json", "SHA256SUMS"])
def test_a_tampered_object_is_refused_by_name(
    s3: Serveur, prefixe: str, tmp_path: Path, name: str
) -> None:
    deux_versions()
    pousser(adresse(prefixe), dire=taire)
    path = f"{prefixe}/{JEU}/2026.03.2/{name}"
    content = bytes(obstore.get(s3.store(), path).bytes())
    obstore.put(s3.store(), path, bytes([content[0] ^ 1]) + content[1:])
    pulled = cpf("pull", adresse(prefixe), tmp_path / "recu")
    assert pulled.returncode == 1
    assert pulled.stderr.startswith(f"Erreur : {adresse(prefixe)}/{JEU}/2026.03.2")
    assert name in pulled.stderr
    assert fichiers(tmp_path / "recu") == {}


def test_a_name_of_the_bucket_cannot_leave_the_folder(
    s3: Serveur, prefixe: str, tmp_path: Path
) -> None:
    deux_versions()
    pousser(adresse(prefixe), dire=taire)
    path = f"{prefixe}/{JEU}/2026.03.2/SHA256SUMS"
    obstore.put(s3.store(), path, f"{'0' * 64}  ../../fuite\n".encode())
    with pytest.raises(IntegriteError, match="SHA256SUMS est illisible"):
        tirer(adresse(prefixe), tmp_path / "recu", toutes=False, dire=taire)
    assert fichiers(tmp_path / "recu") == {}


def test_nothing_to_pull_is_an_error(prefixe: str, tmp_path: Path) -> None:
    for jeux in ((), (JEU,)):
        with pytest.raises(ObjetsError, match="aucune version publiée"):
            tirer(adresse(prefixe), tmp_path, jeux, toutes=False, dire=taire)

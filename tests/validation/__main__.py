"""``make validate``: every validator accepts what is published, and refuses each broken copy.

Belongs here: running, judging, printing. Does not: the tools (``outils``). The publications are
those of ``$CPF_DATA``; arguments are names of tools (all by default).
"""

import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table

from orchestration import settings
from orchestration.jeux import lire_jeux
from orchestration.publication.versions import lire_pointeur
from tests.validation.environnements import python
from tests.validation.outils import OUTILS, REFUS, SITE, Outil

SCRIPTS = Path(__file__).parent / "scripts"
ACCEPTE, REFUSE = "accepte", "refuse"
INTACTE = "intacte"
# The last lines of what a tool says, when it is not what was expected of it.
SHOWN = 25


@dataclass(frozen=True)
class Essai:
    """What a tool said of a copy: ``attendu`` is what it should have said."""

    outil: str
    cible: str
    casse: str
    attendu: str
    obtenu: str
    secondes: float
    sortie: str

    @property
    def ok(self) -> bool:
        """Tell whether the tool said what it should."""
        return self.obtenu == self.attendu


def essayer(outil: Outil, cible: str, sources: tuple[Path, ...]) -> Iterator[Essai]:
    """Yield the verdict on an intact copy, then on each broken one."""
    executable = python(outil)
    yield _essai(outil, executable, cible, sources, "", lambda _: None)
    for label, casser in outil.casses.items():
        yield _essai(outil, executable, cible, sources, label, casser)


def _essai(
    outil: Outil,
    executable: Path,
    cible: str,
    sources: tuple[Path, ...],
    casse: str,
    casser: Callable[[Path], None],
) -> Essai:
    with tempfile.TemporaryDirectory() as scratch:
        copy = _copier(sources, Path(scratch))
        casser(copy)
        start = time.monotonic()
        done = subprocess.run(
            [executable, SCRIPTS / outil.script, copy], capture_output=True, text=True, check=False
        )
    verdict = {0: ACCEPTE, REFUS: REFUSE}.get(done.returncode, f"panne ({done.returncode})")
    return Essai(
        outil=outil.nom,
        cible=cible,
        casse=casse,
        attendu=REFUSE if casse else ACCEPTE,
        obtenu=verdict,
        secondes=time.monotonic() - start,
        sortie=(done.stdout + done.stderr).strip(),
    )


def _copier(sources: tuple[Path, ...], scratch: Path) -> Path:
    """Copy what is judged, so that it can be changed: a version is read-only."""
    for source in sources:
        shutil.copytree(source, scratch / source.name)
    for path in scratch.rglob("*"):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    return scratch / sources[0].name if len(sources) == 1 else scratch


def cibles(outil: Outil) -> dict[str, tuple[Path, ...]]:
    """Return what a tool judges, by name: folders."""
    if outil.portee == SITE:
        return {SITE: (settings.publications(), settings.site())}
    found = {}
    for nom in lire_jeux():
        pointeur = lire_pointeur(settings.publications(nom))
        if pointeur:
            found[nom] = (settings.publications(nom) / pointeur.version,)
    return found


def main(noms: list[str]) -> int:
    """Run the tools; return 0 when each said what it should, of something."""
    console = Console(width=150)
    table = Table("outil", "jeu", "copie", "attendu", "obtenu", "secondes")
    essais: list[Essai] = []
    with Live(table, console=console):
        for essai in _essais(noms):
            essais.append(essai)
            table.add_row(*_ligne(essai))
    console.line()
    failed = [essai for essai in essais if not essai.ok]
    for essai in failed:
        console.rule(f"{essai.outil} · {essai.cible} · {essai.casse or INTACTE}")
        console.print("\n".join(essai.sortie.splitlines()[-SHOWN:]), markup=False)
    console.print(f"{len(essais)} essais, {len(failed)} en défaut")
    return 0 if essais and not failed else 1


def _essais(noms: list[str]) -> Iterator[Essai]:
    for outil in OUTILS:
        if not noms or outil.nom in noms:
            for cible, sources in cibles(outil).items():
                yield from essayer(outil, cible, sources)


def _ligne(essai: Essai) -> tuple[str, ...]:
    style = "green" if essai.ok else "bold red"
    return (
        essai.outil,
        essai.cible,
        essai.casse or INTACTE,
        essai.attendu,
        f"[{style}]{essai.obtenu}[/]",
        f"{essai.secondes:.1f}",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The bodies that trade, and the liste publique (format of the DGEFP) that should contain them.

Half of the trading bodies sell under an establishment that the list does not
give: they are found again by their SIREN only.
"""

import csv
import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from orchestration.files import atomic_write
from orchestration.generation import invented_names, reference
from orchestration.generation.invented_certifications import Catalog
from orchestration.generation.rates import RATES
from orchestration.generation.scales import Scale

NATIONAL_TRADING_BODIES = 13_700  # bodies with an offer
NATIONAL_LIST_SIZE = 154_107  # lines of the liste publique
OTHER_ESTABLISHMENT_SHARE = 0.5
GENERAL_SHARE = 0.12  # bodies that sell everything, beside those that have a trade
MIN_BODIES = 3  # of each sector
# One body in so many has so many more establishments, or one more: 5 % of the SIRENs hold 15 % of
# the SIRETs. Which ones is drawn from their SIREN: no other draw moves for it.
BRANCHED_OUT_OF, MORE_ESTABLISHMENTS = 20, 2
MOVED_ON = dt.date(2021, 9, 1)  # the day on which one body changed its establishment
EXCEPTION_SHARE = 0.07  # the legislative exceptions' rows, for one of the offer's others

HEADER = (
    "numeroDeclarationActivite", "denomination", "siren", "siretEtablissementDeclarant",
    "adressePhysiqueOrganismeFormation.voie", "adressePhysiqueOrganismeFormation.codePostal",
    "adressePhysiqueOrganismeFormation.ville", "adressePhysiqueOrganismeFormation.codeRegion",
    "certifications.actionsDeFormation", "certifications.bilansDeCompetences",
    "certifications.VAE", "certifications.actionsDeFormationParApprentissage",
    "informationsDeclarees.dateDerniereDeclaration", "informationsDeclarees.debutExercice",
    "informationsDeclarees.finExercice", "informationsDeclarees.nbStagiaires",
    "informationsDeclarees.nbStagiairesConfiesParUnAutreOF",
    "informationsDeclarees.effectifFormateurs",
    *(
        f"informationsDeclarees.specialitesDeFormation.{nature}Specialite{rank}"
        for rank in (1, 2, 3)
        for nature in ("code", "libelle")
    ),
)  # fmt: skip


@dataclass(frozen=True)
class TrainingBody:
    """A body: ``siret`` is where it trades, ``declared_siret`` what the list gives.

    ``sector`` is what it sells, a key of ``reference.sectors()``, and its name says it. One that
    has ``moved`` traded elsewhere before ``MOVED_ON``.
    """

    sector: str
    siren: str
    siret: str
    declared_siret: str
    denomination: str
    departement: reference.Departement
    street: str
    code_postal: str
    moved: bool = False

    @property
    def branches(self) -> tuple[str, ...]:
        """Its other establishments; of most bodies there are none."""
        mark = int(self.siren[2:8])
        if mark % BRANCHED_OUT_OF:
            return ()
        count = MORE_ESTABLISHMENTS + mark // BRANCHED_OUT_OF % 2
        return tuple(f"{self.siren}{100 + 13 * rank:05d}" for rank in range(count))

    @property
    def sirets(self) -> tuple[str, ...]:
        """Where it trades today: a training, by its number, belongs to one of them."""
        return (self.siret, *self.branches)

    @property
    def former_siret(self) -> str | None:
        """Where it traded before it moved."""
        return f"{self.siren}00901" if self.moved else None


def build(scale: Scale, seed: int, catalog: Catalog) -> tuple[TrainingBody, ...]:
    """Make the trading bodies: sector after sector, in each from the largest to the smallest."""
    count = max(round(NATIONAL_TRADING_BODIES * min(scale.offer, 1.0) ** 0.75), 60)
    bodies = _draw(_sizes(count, catalog), scale, np.random.default_rng([seed, 2]))
    mover = next(rank for rank in range(len(bodies) // 3, len(bodies)) if not bodies[rank].branches)
    return (*bodies[:mover], replace(bodies[mover], moved=True), *bodies[mover + 1 :])


def _sizes(count: int, catalog: Catalog) -> dict[str, int]:
    """Share ``count`` bodies out among the sectors: half by the offer, half by the demand."""
    weights = dict.fromkeys((s.secteur for s in reference.sectors()), 0.0)
    # The exceptions' offer is counted apart, as 100 too.
    for certification in catalog.certifications:
        exceptions = EXCEPTION_SHARE if certification.exception else 1.0
        weights[certification.sector.secteur] += certification.offer_weight * exceptions
    for segment in catalog.segments:
        weights[catalog.certifications[segment.first].sector.secteur] += segment.parts[-1]
    weights[reference.GENERAL_SECTOR] = GENERAL_SHARE * sum(weights.values())
    total = sum(weights.values())
    return {
        sector: max(MIN_BODIES, round(count * weight / total)) for sector, weight in weights.items()
    }


def _draw(
    sizes: dict[str, int], scale: Scale, rng: np.random.Generator
) -> tuple[TrainingBody, ...]:
    departements = reference.departements()
    sectors = [sector for sector in reference.sectors() for _ in range(sizes[sector.secteur])]
    count = len(sectors)
    places = rng.choice(len(departements), size=count, p=scale.place_shares())
    nics = rng.integers(1, 60, size=count).tolist()
    elsewhere = (rng.random(count) < OTHER_ESTABLISHMENT_SHARE).tolist()
    streets = rng.integers(len(invented_names.STREETS), size=count).tolist()
    street_numbers = rng.integers(1, 180, size=count).tolist()
    names = invented_names.body_names([sector.mots for sector in sectors], rng)
    districts = rng.integers(0, 60, size=count).tolist()
    return tuple(
        TrainingBody(
            sector=sectors[rank].secteur,
            siren=siren,
            siret=f"{siren}{nic + (17 if elsewhere[rank] else 0):05d}",
            declared_siret=f"{siren}{nic:05d}",
            denomination=names[rank],
            departement=departements[place],
            street=f"{street_numbers[rank]} {invented_names.STREETS[streets[rank]]}",
            code_postal=code_postal(departements[place], districts[rank]),
        )
        for rank, (siren, place, nic) in enumerate(
            zip(invented_names.sirens(count, rng), places.tolist(), nics, strict=True)
        )
    )


def code_postal(departement: reference.Departement, district: int) -> str:
    """Give a postcode of the département: its chef-lieu's, or a neighbour's for ``district`` > 30.

    Corse keeps 200xx/201xx south and 202xx north; overseas postcodes keep their three digits.
    """
    if district <= 30:
        return departement.code_postal
    if departement.code == "75":
        return f"750{district % 20 + 1:02d}"
    if departement.code in {"2A", "2B"}:
        return f"20{(100 if departement.code == '2A' else 220) + (district - 31) * 2:03d}"
    if len(departement.code) == 3:
        return f"{departement.code}{district - 20:02d}"
    return f"{departement.code}{(district - 30) * 20:03d}"


def write(
    folder: Path,
    day: dt.date,
    bodies: tuple[TrainingBody, ...],
    scale: Scale,
    seed: int,
    catalog: Catalog,
) -> Path:
    """Write the liste publique: the trading bodies but a few, lost among those without an offer."""
    rng = np.random.default_rng([seed, 3])
    count = max(round((NATIONAL_LIST_SIZE - NATIONAL_TRADING_BODIES) * scale.offer), 50)
    others = _draw(_sizes(count, catalog), scale, rng)
    plain = uncertified(bodies)
    known = [o for o in bodies if rng.random() >= RATES.organisme_absent or o == plain]
    listed_sirens = {o.siren for o in known}
    listed = known + [o for o in others if o.siren not in listed_sirens]
    order = rng.permutation(len(listed)).tolist()
    path = folder / f"organismes_{day.isoformat()}.csv"
    with (
        atomic_write(path) as temporary,
        temporary.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(HEADER)
        for rank in order:
            body = listed[rank]
            row = _row(body, body.siren in listed_sirens, day, rng)
            if body == plain:
                row[8:12] = [_boolean(False)] * 4
            writer.writerow(row)
            writer.writerows([*row[:3], siret, *row[4:]] for siret in body.branches)
            if rng.random() < RATES.doublon_organisme:
                writer.writerow(row)
    return path


def uncertified(bodies: tuple[TrainingBody, ...]) -> TrainingBody:
    """The one trading body that the list knows, and does not say to be certified: it has moved."""
    return next(body for body in bodies if body.moved)


def _row(body: TrainingBody, trading: bool, day: dt.date, rng: np.random.Generator) -> list[str]:
    draws = rng.random(8).tolist()
    fiscal_year = day.year - 1 - (draws[0] < 0.2)
    sector = next(s for s in reference.sectors() if s.secteur == body.sector)
    domains = [d for d in reference.domains() if d.nsf in sector.nsf] or reference.domains()
    count = int(draws[1] * 4)
    ranks = sorted({int(draws[2] * 997 * (rank + 1)) % len(domains) for rank in range(count)})
    specialties = [(domains[rank].nsf, domains[rank].libelle) for rank in ranks]
    specialties += [("", "")] * (3 - len(specialties))
    certified = trading or draws[3] < 0.215
    trainees = int(5 + 900 * draws[4] ** 4)
    region = int(body.departement.code_region)
    siren = body.siren[:6] if draws[7] < RATES.organisme_sans_siren else body.siren
    return [
        f"{region:02d}{body.siren}"[:11],
        body.denomination,
        siren,
        body.declared_siret,
        body.street.upper(),
        body.code_postal,
        body.departement.chef_lieu.upper(),
        body.departement.code_region,
        _boolean(certified),
        _boolean(certified and draws[5] < 0.22),
        _boolean(certified and draws[5] > 0.86),
        _boolean(certified and draws[6] < 0.12),
        # The ministry writes days first.
        f"{int(draws[5] * 28) + 1:02d}/{int(draws[6] * 6) + 1:02d}/{fiscal_year + 1}",
        f"01/01/{fiscal_year}",
        f"31/12/{fiscal_year}",
        str(trainees),
        str(int(trainees * draws[0] * 0.4)),
        str(1 + trainees // 60),
        *(text for pair in specialties for text in pair),
    ]


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def ranges(bodies: tuple[TrainingBody, ...]) -> dict[str, range]:
    """Ranks of the bodies of each sector."""
    starts: dict[str, range] = {}
    for rank, body in enumerate(bodies):
        start = starts[body.sector].start if body.sector in starts else rank
        starts[body.sector] = range(start, rank + 1)
    return starts

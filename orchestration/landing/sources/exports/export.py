"""From the file of an export to its deposit: columns by roles, values as ours, remarks counted."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

from orchestration.landing.intake.blocks import lines
from orchestration.landing.intake.check import land_texts
from orchestration.landing.intake.codes import code_list
from orchestration.landing.intake.column_rules import TOMORROW, Table, readings
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.header import SEPARATOR, Header, split_header, told_names
from orchestration.landing.intake.hints import Hints
from orchestration.landing.intake.names import plain_name
from orchestration.landing.intake.records import read_records
from orchestration.landing.intake.rejects import LandingError
from orchestration.landing.intake.typed_files import typed_file
from orchestration.landing.sources.exports import financer_words as financers
from orchestration.landing.sources.exports import values
from orchestration.landing.sources.exports.definition import (
    LOADED,
    MASKED,
    REPEATED,
    Export,
    excess,
)
from orchestration.landing.sources.exports.personal_names import personal
from orchestration.landing.sources.exports.roles import Guess, Roles, guesses, refuse
from orchestration.sql import literal

# Above this share of rows whose financers pay more than the whole, it is their names that lie.
_MAX_EXCESS = 0.01
# A share is of 1 or of 100.
_MOST_OF_A_SHARE = 100
_FIRST_MONTH = "2020-01"


def columns_of(path: Path, roles: Roles, hints: Hints) -> tuple[list[str], str]:
    """Return the columns of a file and what separates them. Raises :class:`LandingError`."""
    typed = typed_file(path)
    if typed is not None:
        return list(typed.names), SEPARATOR
    first = next(lines(path, lambda _remark: None), "")
    return split_header(path.name, first, lambda x: roles.guess(hints.name_of(x))[0] is not None)


def named_roles(table: Table) -> Roles:
    """Return the roles of a list whose columns are known by their names alone."""
    names: dict[str, set[str]] = {name: set() for name in table.columns}
    for other, name in table.renamed_columns.items():
        names[name].add(plain_name(other))
    return Roles(
        names=names,
        patterns=lambda _plain: None,
        required=tuple((name,) for name in table.required_columns),
    )


def refuse_persons(columns: Sequence[str], file_name: str) -> None:
    """Raise :class:`LandingError` when a column is about persons."""
    found = personal(columns)
    if found:
        raise LandingError(
            file_name,
            f"colonnes qui disent quelque chose de personnes ({', '.join(found)}) : ce n'est pas "
            "un export public, rien n'en est lu.",
            ligne=1,
        )


def told_header(table: Table, path: Path, deposit: Deposit) -> Header | None:
    """Return what somebody tells of the header of a list; None where nobody tells anything."""
    if deposit.hints == Hints():
        return None
    return _header(named_roles(table), path, deposit)[0]


def _header(roles: Roles, path: Path, deposit: Deposit) -> tuple[Header, list[Guess]]:
    columns, separator = columns_of(path, roles, deposit.hints)
    refuse_persons(columns, path.name)
    found = guesses(roles, columns, deposit.hints, path.name)
    refuse(roles, found, path.name)
    unread = [guess.column for guess in found if guess.role is None]
    if unread:
        deposit.warn(f"colonnes inconnues, laissées de côté : {told_names(columns, unread)}.")
    return Header(tuple(guess.role for guess in found), separator), found


def land_export(export: Export, path: Path, deposit: Deposit) -> None:
    """Land one file of an export. Raises :class:`LandingError`."""
    header, found = _header(export.roles, path, deposit)
    financed = tuple(x.role for x in found if x.role in financers.COLUMNS)
    table = export.table(financed)
    read = read_records(table, path, deposit, header)
    _mark_repeated(deposit)
    _leave_shares(export, found, deposit)
    if any(name in financers.TOLD for name in financed):
        _leave_excess(export, deposit)
    date_by_content(deposit)
    land_texts(table, path, deposit, read)
    for count, remark in _remarks(export, deposit):
        deposit.warn(f"{count} ligne(s) {remark}.")


def _mark_repeated(deposit: Deposit) -> None:
    deposit.connection.execute(
        f"""
        update textes set {REPEATED} = 'true'
        where num in (
            select num from textes
            qualify row_number() over (partition by contenu order by num) > 1
        )
        """
    )


def date_by_content(deposit: Deposit) -> None:
    """Date a deposit by the newest loading date of its rows, until today; else by what is said."""
    loaded = readings({LOADED: "date_publiee"})[LOADED]
    row = deposit.connection.execute(
        f"select max(jour) from (select {loaded} as jour from textes) where jour <= {TOMORROW}"
    ).fetchone()
    date = row[0] if row else None
    if isinstance(date, dt.date):
        deposit.date_of_content(date)
    elif deposit.hints.modified:
        deposit.date_of_content(deposit.hints.modified)


def _leave_shares(export: Export, found: Sequence[Guess], deposit: Deposit) -> None:
    """Empty what is named a part and is a share of the whole, not an amount."""
    for guess in found:
        name = guess.role
        if name not in financers.COLUMNS or not financers.may_be_share(
            deposit.hints.name_of(guess.column)
        ):
            continue
        amount = readings({name: export.columns[name]})[name]
        row = deposit.connection.execute(f"select max(abs({amount})) from textes").fetchone()
        if row and row[0] is not None and row[0] <= _MOST_OF_A_SHARE:
            deposit.connection.execute(f"update textes set {name} = null")
            deposit.warn(f"« {guess.column} » est une part et non un montant : laissée de côté.")


def _leave_excess(export: Export, deposit: Deposit) -> None:
    """Leave the amounts of financers of a file where they often make more than the whole."""
    names = ("montant_engage", *financers.TOLD)
    typed = readings({name: export.columns[name] for name in names})
    read = ", ".join(f"{sql} as {name}_lu" for name, sql in typed.items())
    row = deposit.connection.execute(
        f"select count_if({excess()}), count(montant_engage_lu) from (select {read} from textes)"
    ).fetchone()
    count, of = row or (0, 0)
    if count > _MAX_EXCESS * of:
        emptied = ", ".join(f"{name} = null" for name in financers.TOLD)
        deposit.connection.execute(f"update textes set {emptied}")
        deposit.warn(
            f"les financeurs dépassent le montant engagé sur {count} ligne(s) de {of} : leurs "
            "colonnes sont mal reconnues et laissées de côté, le total est gardé ; donner les "
            "bonnes dans --correspondance."
        )


def _remarks(export: Export, deposit: Deposit) -> Iterator[tuple[int, str]]:
    """What is odd and refuses nothing: how many landed rows, and what of them, in French."""
    conditions = dict(_conditions(export))
    counts = ", ".join(f"count_if({condition})" for condition in conditions.values())
    row = deposit.connection.execute(
        f"select {counts} from (select verifies.*, {_texts_compared(export)} from verifies "
        "join textes using (num) where verifies.regle is null)"
    ).fetchone()
    for remark, count in zip(conditions, row or (), strict=True):
        if count:
            yield count, remark


def _texts_compared(export: Export) -> str:
    """SQL of the raw texts that a landed value is compared with, under names of their own."""
    named = [f"{kind}_{end}" for end in export.places for kind in ("departement", "region")]
    year = "annee_validation" if "annee_validation" in export.roles.all else "null"
    texts = [f"coalesce(textes.code_{x}, textes.{x}) is not null as {x}_donne" for x in named]
    return ", ".join([f"{year} as annee_donnee", *texts])


def _conditions(export: Export) -> Iterator[tuple[str, str]]:
    yield "dont une mesure est masquée (vide, et non zéro)", MASKED
    period = export.period
    until = (
        f"strftime({LOADED}, '%Y-%m')"
        if "T" not in export.period_pattern
        else (f"strftime({LOADED}, '%Y-T') || quarter({LOADED})")
    )
    yield "d'une période après leur chargement", f"{period} > {until}"
    yield "d'une période avant 2020", f"left({period}, 4) < '{_FIRST_MONTH[:4]}'"
    for name, (seed, column) in export.known.items():
        values_known = ", ".join(
            literal(value) for value in {row[column] for row in code_list(seed).rows}
        )
        yield (
            f"dont {name} n'est pas de notre nomenclature, gardées telles quelles",
            f"{name} not in ({values_known}, {literal(values.NOT_TOLD)})",
        )
    for end in export.places:
        for kind in ("departement", "region"):
            yield (
                f"dont {kind}_{end} n'est pas un lieu connu",
                f"code_{kind}_{end} is null and {kind}_{end}_donne",
            )
    if "annee_validation" in export.roles.all:
        yield "dont l'année n'est pas celle du mois", f"left({period}, 4) <> left(annee_donnee, 4)"
    if any(figure.name == "montant_engage" for figure in export.figures):
        yield from _money()


def _money() -> Iterator[tuple[str, str]]:
    yield "qui ont plus de titulaires que de dossiers", "nb_titulaires > nb_dossiers"
    yield "dont la durée est négative", "duree_moyenne < 0"
    yield (
        "dont le montant n'est pas le prix moyen fois les dossiers",
        "abs(montant_engage - nb_dossiers * prix_moyen) > (nb_dossiers + montant_engage) / 100",
    )
    told = " + ".join(f"coalesce({name}, 0)" for name in financers.TOLD)
    yield (
        "dont les financeurs ne font pas le montant engagé : le reste est dans montant_non_ventile",
        f"({told}) <> 0 and {financers.NOT_ALLOCATED} > 0",
    )

"""Functions of fields: texts, parts of dates, ``date_format`` (reference §9)."""

from tests.conformity.case import Case, first_row


def _format(
    name: str, pattern: str, expected: str, row_id: int = 1, field: str = "jour", **rest: str
) -> Case:
    return first_row(
        f"date_format : {name}", "§9", "types", {"f": expected},
        select=f'date_format({field}, "{pattern}") as f', where=f"id={row_id}", **rest,
    )  # fmt: skip


CASES = [
    first_row(
        "length compte les caractères", "§9", "types", {"n": 22}, select="length(texte) as n"
    ),
    first_row(
        "length d'accents", "§9", "types", {"n": 3}, select="length(texte) as n", where="id=7"
    ),
    first_row(
        "length de null", "§9", "types", {"n": None}, select="length(texte) as n", where="id=5"
    ),
    first_row("lower", "§9", "types", {"l": "étude de l'information"}, select="lower(texte) as l"),
    first_row(
        "nom de fonction en majuscules", "§9", "types", {"n": 22}, select="LENGTH(texte) as n"
    ),
    first_row("ifnull, valeur présente", "§9", "types", {"x": 10}, select="ifnull(entier, 5) as x"),
    first_row(
        "ifnull, valeur absente",
        "§9",
        "types",
        {"x": 5},
        select="ifnull(entier, 5) as x",
        where="id=5",
    ),
    first_row(
        "ifnull, texte",
        "§9",
        "types",
        {"x": "rien"},
        select='ifnull(texte, "rien") as x',
        where="id=5",
    ),
    first_row(
        "ifnull de deux champs",
        "§9",
        "types",
        {"x": 7},
        select="ifnull(nombre, entier) as x",
        where="id=7",
    ),
    first_row("year est un entier", "§9", "types", {"x": 2024}, select="year(jour) as x"),
    first_row("month est un entier", "§9", "types", {"x": 3}, select="month(jour) as x"),
    first_row("day est un entier", "§9", "types", {"x": 5}, select="day(jour) as x"),
    first_row(
        "hour, minute, second",
        "§9",
        "types",
        {"h": 23, "m": 30, "s": 0},
        select="hour(instant) as h, minute(instant) as m, second(instant) as s",
        where="id=2",
    ),
    first_row(
        "year dans le fuseau",
        "§4",
        "types",
        {"x": 2025},
        select="year(instant) as x",
        where="id=2",
        timezone="Europe/Paris",
    ),
    first_row(
        "day dans le fuseau",
        "§4",
        "types",
        {"x": 1},
        select="day(instant) as x",
        where="id=2",
        timezone="Europe/Paris",
    ),
    first_row(
        "hour à l'heure d'été",
        "§4",
        "types",
        {"x": 3},
        select="hour(instant) as x",
        where="id=6",
        timezone="Europe/Paris",
    ),
    first_row(
        "year d'une date ne dépend pas du fuseau",
        "§4",
        "types",
        {"x": 2024},
        select="year(jour) as x",
        where="id=2",
        timezone="Asia/Tokyo",
    ),
    first_row(
        "year d'un champ année", "§9", "types", {"x": 2023}, select="year(annee) as x", where="id=3"
    ),
    first_row(
        "month d'un champ mois", "§9", "types", {"x": 12}, select="month(mois) as x", where="id=2"
    ),
    first_row("year de null", "§9", "types", {"x": None}, select="year(jour) as x", where="id=5"),
    first_row(
        "fonctions imbriquées",
        "§9",
        "types",
        {"n": 4},
        select='length(ifnull(texte, "rien")) as n',
        where="id=5",
    ),
    first_row(
        "arithmétique de fonctions",
        "§9",
        "types",
        {"x": 202403},
        select="year(jour) * 100 + month(jour) as x",
    ),
    _format("ISO", "yyyy-MM-dd", "2024-03-05"),
    _format("année en majuscules", "YYYY-MM", "2024-03"),
    _format("année courte", "dd/MM/yy", "05/03/24"),
    _format("sans zéros", "d/M/yyyy", "5/3/2024"),
    _format("heure", "HH:mm:ss", "10:00:00", field="instant"),
    _format("heure sans zéro", "H.m.s", "0.30.0", 4, "instant"),
    _format("heure dans le fuseau", "dd HH:mm", "01 00:30", 2, "instant", timezone="Europe/Paris"),
    _format("mois en toutes lettres, français par défaut", "d MMMM yyyy", "5 mars 2024"),
    _format("mois en anglais", "MMMM", "March", lang="en"),
    _format("mois accentué", "MMMM", "février", 4, lang="fr"),
    _format("mois en espagnol", "MMMM", "marzo", lang="es"),
    _format("jour en toutes lettres", "EEEE", "mardi", lang="fr"),
    _format("jour en anglais", "EEEE", "Tuesday", lang="en"),
    _format("jour en allemand", "EEEE", "Dienstag", lang="de"),
    _format("rang du jour, lundi vaut 1", "e", "2"),
    _format("rang du dimanche", "e", "7", 3),
    _format("semaine ISO", "ww", "10"),
    _format("année de la semaine ISO", "xxxx-ww", "2022-52", 3),
    _format("jour de l'année", "D", "65"),
    _format("jour de l'année à trois chiffres", "DDD", "065"),
    _format("texte libre", "'jour 'd", "jour 5"),
    _format("apostrophe doublée", "d''M", "5'3"),
    first_row(
        "date_format de null",
        "§9",
        "types",
        {"f": None},
        select='date_format(jour, "yyyy") as f',
        where="id=5",
    ),
]

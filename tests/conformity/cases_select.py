"""``select``: items, labels, patterns, expressions (reference §5, §9, §10.14, §10.18)."""

from tests.conformity.case import ROOT, Case, all_rows, error_case, first_row, params

_TYPES = f"{ROOT}/types/records"
_WORDS = {"id": 1, "titre": "Star Wars", "code": "CR.MOD.12"}

CASES = [
    first_row("étoile", "§9", "mots", _WORDS, select="*"),
    first_row(
        "étoile et expression", "§9", "mots", {**_WORDS, "n": 9}, select="*, length(titre) as n"
    ),
    first_row("deux champs", "§9", "mots", {"code": "CR.MOD.12", "id": 1}, select="code,id"),
    first_row("alias", "§9", "mots", {"nom": "Star Wars"}, select="titre as nom"),
    first_row(
        "alias, mot-clé en majuscules", "§9", "mots", {"nom": "Star Wars"}, select="titre AS nom"
    ),
    first_row(
        "sans alias, la clé est le texte tapé",
        "§5",
        "mots",
        {"length(titre)": 9},
        select="length(titre)",
    ),
    first_row(
        "le texte tapé garde ses espaces", "§5", "types", {"entier + 1": 11}, select="entier + 1"
    ),
    first_row("constante texte", "§10.14", "mots", {"h": "hello"}, select='"hello" as h'),
    first_row("constante nombre", "§10.14", "mots", {"two": 2}, select="2 as two"),
    first_row("apostrophes simples", "§9", "mots", {"h": "l'an"}, select=r"'l\'an' as h"),
    first_row("addition", "§9", "types", {"x": 12}, select="entier + 2 as x"),
    first_row("soustraction", "§9", "types", {"x": 8.5}, select="entier - nombre as x"),
    first_row(
        "multiplication avant addition", "§9", "types", {"x": 32}, select="2 + entier * 3 as x"
    ),
    first_row("parenthèses", "§9", "types", {"x": 36}, select="(2 + entier) * 3 as x"),
    first_row("division non entière", "§9", "types", {"x": 2.5}, select="entier / 4 as x"),
    first_row("moins unaire", "§9", "types", {"x": -10}, select="-entier as x"),
    first_row("associativité à gauche", "§9", "types", {"x": 5}, select="entier - 3 - 2 as x"),
    first_row(
        "division par zéro : null",
        "§10.14",
        "types",
        {"x": None},
        select="10 / entier as x",
        where="id=3",
    ),
    first_row(
        "division par une constante zéro : null",
        "§10.14",
        "types",
        {"x": None},
        select="entier / 0 as x",
    ),
    first_row(
        "zéro sur zéro : null",
        "§10.14",
        "types",
        {"x": None},
        select="entier / nombre as x",
        where="id=3",
    ),
    first_row(
        "arithmétique sur null : null",
        "§10.14",
        "types",
        {"x": None},
        select="entier + 1 as x",
        where="id=5",
    ),
    first_row(
        "include par préfixe", "§10.18", "mots", {"titre": "Star Wars"}, select="include(ti*)"
    ),
    first_row("include d'un nom", "§10.18", "mots", {"code": "CR.MOD.12"}, select="include(code)"),
    first_row(
        "exclude par préfixe",
        "§10.18",
        "mots",
        {"id": 1, "titre": "Star Wars"},
        select="exclude(co*)",
    ),
    first_row(
        "exclude d'un nom",
        "§10.18",
        "mots",
        {"id": 1, "code": "CR.MOD.12"},
        select="exclude(titre)",
    ),
    first_row(
        "include et un autre champ",
        "§10.18",
        "mots",
        {"titre": "Star Wars", "id": 1},
        select="include(ti*), id",
    ),
    first_row(
        "nom tout en chiffres, entre accents graves", "§9", "noms", {"2024": 10}, select="`2024`"
    ),
    first_row(
        "nom réservé, entre accents graves",
        "§9",
        "noms",
        {"year": 2020, "select": "x"},
        select="`year`, `select`",
    ),
    first_row("nom avec espace", "§9", "noms", {"avec espace": "a b"}, select="`avec espace`"),
    first_row("nom accentué", "§9", "noms", {"libellé": "un"}, select="`libellé`"),
    first_row("nom avec apostrophe", "§9", "noms", {"l'an": 100}, select="`l'an`"),
    first_row(
        "accent grave échappé dans un nom", "§9", "noms", {"bi`zarre": 7}, select=r"`bi\`zarre`"
    ),
    first_row("nom ordinaire entre accents graves", "§9", "noms", {"id": 1}, select="`id`"),
    first_row(
        "nom spécial dans une expression", "§9", "noms", {"x": 2030}, select="`year` + `2024` as x"
    ),
    first_row("nom spécial sous un alias", "§9", "noms", {"x": "a b"}, select="`avec espace` as x"),
    all_rows(
        "alias repris dans order_by",
        "§9",
        "noms",
        [{"x": 30}, {"x": 20}, {"x": 10}],
        select="`2024` as x",
        order_by="x desc",
    ),
    Case(
        "espaces et sauts de ligne libres",
        "§9",
        _TYPES,
        params({"limit": 1, "select": "\n id  ,\ttexte  as   t "}),
        parts={"results/0": {"id": 1, "t": "Étude de l'information"}},
    ),
    Case(
        "identifiants techniques",
        "§5",
        _TYPES,
        params({"limit": 1, "select": "id, recordid"}),
        parts={"results/0/id": 1, "results/0/?/recordid": True},
    ),
    error_case(
        "champ inconnu", "§2", "types", "ODSQLError", ["Unknown field: xyz", "select"], select="xyz"
    ),
    error_case(
        "champ inconnu dans une expression",
        "§2",
        "types",
        "ODSQLError",
        ["Unknown field: xyz"],
        select="length(xyz) as n",
    ),
    error_case(
        "fonction inconnue",
        "§2",
        "types",
        "ODSQLError",
        ["invalid_function"],
        select="invalid_function(id)",
    ),
    error_case(
        "alias déclaré deux fois",
        "§2",
        "types",
        "ODSQLError",
        ["Alias 'y' is declared several times"],
        select="id as y, texte as y",
    ),
    error_case(
        "select mal écrit", "§2", "types", "ODSQLSyntaxError", ["select"], select="id,,texte"
    ),
    error_case("parenthèse non fermée", "§2", "types", "ODSQLSyntaxError", select="length(texte"),
]

"""``select``: items, labels, patterns, expressions (reference §5, §9, §10.14, §10.18)."""

from tests.conformite.modele import RACINE, Cas, erreur, lignes, params, premier

_TYPES = f"{RACINE}/types/records"
_MOTS = {"id": 1, "titre": "Star Wars", "code": "CR.MOD.12"}

CAS = [
    premier("étoile", "§9", "mots", _MOTS, select="*"),
    premier(
        "étoile et expression", "§9", "mots", {**_MOTS, "n": 9}, select="*, length(titre) as n"
    ),
    premier("deux champs", "§9", "mots", {"code": "CR.MOD.12", "id": 1}, select="code,id"),
    premier("alias", "§9", "mots", {"nom": "Star Wars"}, select="titre as nom"),
    premier(
        "alias, mot-clé en majuscules", "§9", "mots", {"nom": "Star Wars"}, select="titre AS nom"
    ),
    premier(
        "sans alias, la clé est le texte tapé",
        "§5",
        "mots",
        {"length(titre)": 9},
        select="length(titre)",
    ),
    premier(
        "le texte tapé garde ses espaces", "§5", "types", {"entier + 1": 11}, select="entier + 1"
    ),
    premier("constante texte", "§10.14", "mots", {"h": "hello"}, select='"hello" as h'),
    premier("constante nombre", "§10.14", "mots", {"two": 2}, select="2 as two"),
    premier("apostrophes simples", "§9", "mots", {"h": "l'an"}, select=r"'l\'an' as h"),
    premier("addition", "§9", "types", {"x": 12}, select="entier + 2 as x"),
    premier("soustraction", "§9", "types", {"x": 8.5}, select="entier - nombre as x"),
    premier(
        "multiplication avant addition", "§9", "types", {"x": 32}, select="2 + entier * 3 as x"
    ),
    premier("parenthèses", "§9", "types", {"x": 36}, select="(2 + entier) * 3 as x"),
    premier("division non entière", "§9", "types", {"x": 2.5}, select="entier / 4 as x"),
    premier("moins unaire", "§9", "types", {"x": -10}, select="-entier as x"),
    premier("associativité à gauche", "§9", "types", {"x": 5}, select="entier - 3 - 2 as x"),
    premier(
        "division par zéro : null",
        "§10.14",
        "types",
        {"x": None},
        select="10 / entier as x",
        where="id=3",
    ),
    premier(
        "division par une constante zéro : null",
        "§10.14",
        "types",
        {"x": None},
        select="entier / 0 as x",
    ),
    premier(
        "zéro sur zéro : null",
        "§10.14",
        "types",
        {"x": None},
        select="entier / nombre as x",
        where="id=3",
    ),
    premier(
        "arithmétique sur null : null",
        "§10.14",
        "types",
        {"x": None},
        select="entier + 1 as x",
        where="id=5",
    ),
    premier("include par préfixe", "§10.18", "mots", {"titre": "Star Wars"}, select="include(ti*)"),
    premier("include d'un nom", "§10.18", "mots", {"code": "CR.MOD.12"}, select="include(code)"),
    premier(
        "exclude par préfixe",
        "§10.18",
        "mots",
        {"id": 1, "titre": "Star Wars"},
        select="exclude(co*)",
    ),
    premier(
        "exclude d'un nom",
        "§10.18",
        "mots",
        {"id": 1, "code": "CR.MOD.12"},
        select="exclude(titre)",
    ),
    premier(
        "include et un autre champ",
        "§10.18",
        "mots",
        {"titre": "Star Wars", "id": 1},
        select="include(ti*), id",
    ),
    premier(
        "exclude et un alias",
        "§10.18",
        "mots",
        {"id": 1, "titre": "Star Wars", "c": "CR.MOD.12"},
        select="exclude(code), code as c",
    ),
    premier(
        "nom tout en chiffres, entre accents graves", "§9", "noms", {"2024": 10}, select="`2024`"
    ),
    premier(
        "nom réservé, entre accents graves",
        "§9",
        "noms",
        {"year": 2020, "select": "x"},
        select="`year`, `select`",
    ),
    premier("nom avec espace", "§9", "noms", {"avec espace": "a b"}, select="`avec espace`"),
    premier("nom accentué", "§9", "noms", {"libellé": "un"}, select="`libellé`"),
    premier("nom avec apostrophe", "§9", "noms", {"l'an": 100}, select="`l'an`"),
    premier(
        "accent grave échappé dans un nom", "§9", "noms", {"bi`zarre": 7}, select=r"`bi\`zarre`"
    ),
    premier("nom ordinaire entre accents graves", "§9", "noms", {"id": 1}, select="`id`"),
    premier(
        "nom spécial dans une expression", "§9", "noms", {"x": 2030}, select="`year` + `2024` as x"
    ),
    premier("nom spécial sous un alias", "§9", "noms", {"x": "a b"}, select="`avec espace` as x"),
    lignes(
        "alias repris dans order_by",
        "§9",
        "noms",
        [{"x": 30}, {"x": 20}, {"x": 10}],
        select="`2024` as x",
        order_by="x desc",
    ),
    Cas(
        "espaces et sauts de ligne libres",
        "§9",
        _TYPES,
        params({"limit": 1, "select": "\n id  ,\ttexte  as   t "}),
        parties={"results/0": {"id": 1, "t": "Étude de l'information"}},
    ),
    Cas(
        "identifiants techniques",
        "§5",
        _TYPES,
        params({"limit": 1, "select": "id, recordid"}),
        parties={"results/0/id": 1, "results/0/?/recordid": True},
    ),
    erreur(
        "champ inconnu", "§2", "types", "ODSQLError", ["Unknown field: xyz", "select"], select="xyz"
    ),
    erreur(
        "champ inconnu dans une expression",
        "§2",
        "types",
        "ODSQLError",
        ["Unknown field: xyz"],
        select="length(xyz) as n",
    ),
    erreur(
        "fonction inconnue",
        "§2",
        "types",
        "ODSQLError",
        ["invalid_function"],
        select="invalid_function(id)",
    ),
    erreur(
        "alias déclaré deux fois",
        "§2",
        "types",
        "ODSQLError",
        ["Alias 'y' is declared several times"],
        select="id as y, texte as y",
    ),
    erreur("select mal écrit", "§2", "types", "ODSQLSyntaxError", ["select"], select="id,,texte"),
    erreur("parenthèse non fermée", "§2", "types", "ODSQLSyntaxError", select="length(texte"),
]

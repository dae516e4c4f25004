"""SQL of the values of public exports, however they are written: ours, or the same text, told."""

from collections.abc import Mapping

from orchestration.landing.intake.codes import CodeList, code_list, spelled, without_sentinel
from orchestration.sql import literal

NOT_TOLD = "Non renseigné"
# What is written in place of a figure that may not be told.
_MASKS = ("nc", "n.c.", "s", "secret", "-", "*", "<5", "<10", "< 5", "< 10", "masque", "masqué")


def is_masked(text: str) -> str:
    """SQL telling that a text stands for a figure that is not told."""
    return f"coalesce(lower({text}) in ({', '.join(map(literal, _MASKS))}), false)"


def unmasked(text: str) -> str:
    """SQL of a figure: null where it is masked or not given."""
    return f"case when not {is_masked(text)} then {without_sentinel(text)} end"


def month(text: str, year: str = "null") -> str:
    """SQL of the month (``2024-03``) of a date or a month; the number alone needs its year."""
    return rf"""
        case
            when regexp_full_match({text}, '[0-9]{{4}}[-/]?(0[1-9]|1[0-2])([-/ T].*)?')
                then left({text}, 4) || '-'
                || regexp_extract({text}, '^[0-9]{{4}}[-/]?([0-9]{{2}})', 1)
            when regexp_full_match({text}, '([0-9]{{1,2}}/)?[0-9]{{1,2}}/[0-9]{{4}}( .*)?')
                then regexp_extract({text}, '/?([0-9]{{4}})( |$)', 1) || '-' || lpad(
                    regexp_extract({text}, '([0-9]{{1,2}})/[0-9]{{4}}', 1), 2, '0'
                )
            when regexp_full_match({text}, '[0-9]{{1,2}}([.]0)?')
                then left({year}, 4) || '-' || lpad(split_part({text}, '.', 1), 2, '0')
            else {text}
        end
    """


def quarter(text: str, year: str = "null") -> str:
    """SQL of the quarter (``2024-T1``) that a text names, or that holds its month."""
    of_month = month(text)
    return rf"""
        case
            when regexp_full_match({of_month}, '[0-9]{{4}}-(0[1-9]|1[0-2])')
                then left({of_month}, 4) || '-T'
                || ((try_cast(right({of_month}, 2) as integer) + 2) // 3)::varchar
            when regexp_matches({text}, '(?i)(^|[^a-z])[tq] *[1-4]($|[^0-9])')
                then coalesce(
                    nullif(regexp_extract({text}, '((?:19|20)[0-9]{{2}})', 1), ''), left({year}, 4)
                ) || '-T' || regexp_extract({text}, '(?i)[tq] *([1-4])', 1)
            when regexp_matches({text}, '(?i)trim')
                and regexp_matches({text}, '(^|[^0-9])[1-4]([^0-9]|$)')
                then coalesce(
                    nullif(regexp_extract({text}, '((?:19|20)[0-9]{{2}})', 1), ''), left({year}, 4)
                ) || '-T' || regexp_extract({text}, '(?:^|[^0-9])([1-4])(?:[^0-9]|$)', 1)
            when regexp_full_match({text}, '[1-4]([.]0)?')
                then left({year}, 4) || '-T' || left({text}, 1)
            else {text}
        end
    """


def place(code: str, name: str, seed: str) -> str:
    """SQL of the code of a place, from its code or else from its name; null where none is known."""
    places = code_list(seed)
    known = ", ".join(map(literal, places.codes()))
    return f"case when {code} in ({known}) then {code} else {places.named(name)} end"


def region_of(departement: str) -> str:
    """SQL of the région of the code of a département; null when it is none."""
    return code_list("departements").looked_up(departement, "code", "code_region")


def status(text: str) -> str:
    """SQL of one of the nine statuses of a dossier, however it is spelled."""
    return _one_of(text, {x["statut_dossier"]: x["statut_dossier"] for x in _rows("statuts")})


def modality(text: str) -> str:
    """SQL of where a training is followed, from the words of a text; of two of them, both."""
    plain = spelled(text)
    return f"""
        case
            when {text} is null then {literal(NOT_TOLD)}
            when contains({plain}, 'mixte')
                or (contains({plain}, 'presenti') and contains({plain}, 'distan')) then 'Mixte'
            when contains({plain}, 'presenti') then 'En présentiel'
            when contains({plain}, 'distan') then 'À distance'
            else {text}
        end
    """


def gender(text: str) -> str:
    """SQL of a gender; of the numbers, as INSEE: 1 for a man, 2 for a woman."""
    plain = spelled(text)
    return f"""
        case
            when {without_sentinel(text)} is null then {literal(NOT_TOLD)}
            when {plain} in ('f', 'femme', 'femmes', 'feminin', 'madame', 'mme', '2', '2 0')
                then 'Femme'
            when {plain} in ('h', 'm', 'homme', 'hommes', 'masculin', 'monsieur', 'mr', '1', '1 0')
                then 'Homme'
            else {text}
        end
    """


def age(text: str) -> str:
    """SQL of an age bracket: ours where it is one of ours, else that of the file."""
    plain = f"replace(replace(replace({text}, '<', ' moins '), '+', ' plus '), '>=', ' plus ')"
    plain = f"trim(regexp_replace({spelled(plain)}, '\\b(ans|a|de|an|et)\\b| +', ' ', 'g'))"
    plain = f"regexp_replace({plain}, ' +', ' ', 'g')"
    return f"""
        case
            when {without_sentinel(text)} is null then {literal(NOT_TOLD)}
            when {plain} in ('moins 25') then 'Moins de 25 ans'
            when {plain} in ('25 39') then '25-39 ans'
            when {plain} in ('40 49') then '40-49 ans'
            when {plain} in ('plus 50', '50 plus') then '50 ans et plus'
            else {text}
        end
    """


_JOB_SEEKER = "Demandeur d'emploi"
_SELF_EMPLOYED = "Indépendant (agriculteur, artisan, commerçant, chef d'entreprise)"
_NO_ACTIVITY = "Sans activité ou non renseignée"


def category(text: str) -> str:
    """SQL of a socio-professional category, that of a job seeker included; null gives null."""
    plain = spelled(text)
    return f"""
        case
            when {job_seeker(text)} then {literal(_JOB_SEEKER)}
            when regexp_matches({plain}, '^cadres?\\b') then 'Cadre'
            when regexp_matches({plain}, '^professions? interm') then 'Profession intermédiaire'
            when regexp_matches({plain}, '^employee?s?\\b') then 'Employé'
            when regexp_matches({plain}, '^ouvri') then 'Ouvrier'
            when regexp_matches({plain}, 'independant|artisan|commercant|agricult|d entreprise')
                then {literal(_SELF_EMPLOYED)}
            when regexp_matches({plain}, 'sans activite|non renseigne|^nr$|^autres? inactif')
                then {literal(_NO_ACTIVITY)}
            else {text}
        end
    """


def job_seeker(text: str) -> str:
    """SQL telling that a situation or a category is that of a job seeker."""
    words = "demandeur.* d? ?emploi|chomeu|chomage|^de$"
    return f"coalesce(regexp_matches({spelled(text)}, '{words}'), false)"


def closed(text: str) -> str:
    """SQL of the status of an entry, ``Clos`` or ``En cours``, from theirs or from a dossier's."""
    plain = spelled(text)
    return f"""
        case
            when {without_sentinel(text)} is null then {literal(NOT_TOLD)}
            when regexp_matches({plain}, '\\b(clos|cloture|terminee?|annulee?|rejetee?)[es]*\\b')
                then 'Clos'
            when regexp_matches({plain}, 'en cours|^valide$|(entree|sortie) (en|de) formation')
                then 'En cours'
            else {text}
        end
    """


def _rows(seed: str) -> tuple[dict[str, str], ...]:
    return code_list(seed).rows


def _one_of(text: str, values: Mapping[str, str]) -> str:
    """SQL of the value whose spelling is that of a text, else the text itself."""
    rows = tuple({"code": value, "libelle": name} for name, value in values.items())
    return f"coalesce({CodeList(rows).named(text)}, {text})"

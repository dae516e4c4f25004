-- The partition on cases made by hand, months then places given up: the answers are known.
-- A letter is the titulaire of one dossier; a number, as many titulaires of one dossier each. A
-- dossier costs 10.01 €, save the first of a cell that says how much.
{{ config(meta={'dagster': {'ref': {'name': 'int_formations_engagees__partition'}}}) }}
{%- set remontee = {
    'plan': [['mois'], ['lieu']],
    'regles': {'seuil': 3, 'part': 0.85, 'plafond': '1e9', 'largeur': 0},
    'cas': {
        'groups of one place join once their months are given up': (
            [('P', 'jan', 'abc'), ('P', 'feb', 'ad'), ('P', 'mar', 'e'), ('Q', 'jan', 'fgh')],
            [(1, 'P', 'jan', 3, 3), (1, 'Q', 'jan', 3, 3), (2, 'P', 'REGROUPE', 3, 3)],
        ),
        'persons count, not their dossiers': (
            [('P', 'jan', 'aaaa'), ('P', 'feb', 'ab'), ('Q', 'jan', 'c')],
            [(3, 'REGROUPE', 'REGROUPE', 7, 3)],
        ),
        'a remainder too small takes in the smallest group': (
            [('P', 'jan', 'abcde'), ('Q', 'jan', 'fgh'), ('R', 'jan', 'ai')],
            [(1, 'P', 'jan', 5, 5), (3, 'REGROUPE', 'REGROUPE', 5, 5)],
        ),
        'of two smallest groups, the coarser one': (
            [('P', 'jan', 'abc'), ('Q', 'jan', 'de'), ('Q', 'feb', 'f'), ('R', 'jan', 'g')],
            [(1, 'P', 'jan', 3, 3), (3, 'REGROUPE', 'REGROUPE', 4, 4)],
        ),
        'a person of both the remainder and the group it takes in counts once': (
            [('P', 'jan', 'abc'), ('R', 'jan', 'a')],
            [(3, 'REGROUPE', 'REGROUPE', 4, 3)],
        ),
        'a population below the threshold is not published': ([('P', 'jan', 'ab'), ('P', 'feb', 'aab')], []),
    },
} %}
{%- set remontee_large = {
    'plan': remontee.plan,
    'regles': {'seuil': 5, 'part': 0.85, 'plafond': '1e9', 'largeur': 4},
    'cas': {
        'units that their sum would tell go further up': (
            [('P', 'jan', 4), ('P', 'feb', 4), ('Q', 'jan', 4), ('Q', 'feb', 3), ('Q', 'mar', 1), ('R', 'jan', 9)],
            [(3, 'REGROUPE', 'REGROUPE', 25, 25)],
        ),
        'a unit alone is not a group': (
            [('P', 'jan', 3), ('Q', 'jan', 3), ('R', 'jan', 2), ('S', 'jan', 50)],
            [(1, 'S', 'jan', 50, 50), (3, 'REGROUPE', 'REGROUPE', 8, 8)],
        ),
    },
} %}
{%- set arbre = {
    'plan': [{'abandonne': ['mois'], 'exact': true}, ['lieu']],
    'regles': {'seuil': 11, 'part': 0.85, 'plafond': '1e9', 'largeur': 4},
    'cas': {
        '40 = 25 + 12 + 3': (
            [('P', 'jan', 25), ('P', 'feb', 12), ('P', 'mar', 3)],
            [(1, 'P', 'jan', 25, 25), (2, 'P', 'REGROUPE', 15, 15)],
        ),
        '20 = 10 + 10 is refused': (
            [('P', 'jan', 10), ('P', 'feb', 10), ('Q', 'jan', 30)],
            [(3, 'REGROUPE', 'REGROUPE', 50, 50)],
        ),
        '9 counts in the block of its grand-parent': (
            [('P', 'jan', 9), ('Q', 'jan', 5), ('R', 'jan', 30)],
            [(1, 'R', 'jan', 30, 30), (3, 'REGROUPE', 'REGROUPE', 14, 14)],
        ),
        '33 = 11 + 11 + 11': (
            [('P', 'jan', 11), ('P', 'feb', 11), ('P', 'mar', 11)],
            [(1, 'P', 'jan', 11, 11), (1, 'P', 'feb', 11, 11), (1, 'P', 'mar', 11, 11)],
        ),
        '14 = 14 + 0 + 0': ([('P', 'jan', 14)], [(1, 'P', 'jan', 14, 14)]),
        '12 dossiers of 4 persons': (
            [('P', 'jan', 'abcdabcdabcd'), ('Q', 'jan', 30)],
            [(3, 'REGROUPE', 'REGROUPE', 42, 34)],
        ),
        'one unit is joined by siblings until neither tells the other': (
            [('P', 'jan', 2), ('P', 'feb', 11), ('P', 'mar', 13), ('P', 'apr', 40)],
            [(1, 'P', 'apr', 40, 40), (2, 'P', 'REGROUPE', 26, 26)],
        ),
        'one person makes nine tenths of the amount': (
            [('P', 'jan', 15, 1500), ('Q', 'jan', 40, 20)],
            [(3, 'REGROUPE', 'REGROUPE', 55, 55)],
        ),
    },
} %}

with

obtenus as (

    {%- for famille in [remontee, remontee_large, arbre] %}
    {%- set externe = loop %}
    {%- for nom, (donnees, _) in famille.cas.items() %}
    select
        '{{ nom }}' as cas,
        niveau_diffusion || ' ' || lieu || ' ' || mois as ligne,
        nb_dossiers,
        nb_titulaires,
        montant_engage
    from (
        with

        cellules as (

            {%- for cellule in donnees %}
            {%- set personnes = cellule[2] %}
            {%- set nombre = personnes if personnes is integer else personnes | length %}
            {%- set premier = cellule[3] if cellule | length > 3 else 10.01 %}
            select
                '{{ cellule[0] }}' as lieu,
                '{{ cellule[1] }}' as mois,
                {%- for mesure in mesures() %}
                {{
                    nombre if mesure == 'nb_dossiers'
                    else (nombre - 1) * 10.01 + premier if mesure == 'montant_engage'
                    else 0
                }} as {{ mesure }},
                {%- endfor %}
                [{{ premier }}] || list_transform(range({{ [nombre, 5] | min - 1 }}), lambda rang: 10.01) as montants_hauts,
                [{{ loop.index }}] as numeros,
                {% if personnes is integer -%}
                list_transform(range({{ personnes }}), lambda rang: lieu || mois || rang) as titulaires,
                {%- else -%}
                string_split('{{ personnes }}', '') as titulaires,
                {%- endif %}
                list_unique(titulaires) as nb_titulaires
            {{ 'union all' if not loop.last }}
            {%- endfor %}

        ),

        {{ partition_diffusion('cellules', famille.plan, famille.regles) }}

        select * from partition_diffusion
    )
    {{ 'union all' if not (loop.last and externe.last) }}
    {%- endfor %}
    {%- endfor %}

),

attendus as (

    select * from (values
        {%- for famille in [remontee, remontee_large, arbre] %}
        {%- for nom, (_, lignes) in famille.cas.items() %}
        {%- for niveau, lieu, mois, nb_dossiers, nb_titulaires in lignes %}
        ('{{ nom }}', '{{ niveau }} {{ lieu }} {{ mois }}', {{ nb_dossiers }}, {{ nb_titulaires }}),
        {%- endfor %}
        {%- endfor %}
        {%- endfor %}
        (null, null, null, null)
    ) as lignes (cas, ligne, nb_dossiers, nb_titulaires)
    where cas is not null

),

ensemble as (

    select
        cas,
        ligne,
        nb_dossiers,
        nb_titulaires,
        1 as nb_obtenus
    from obtenus

    union all

    select
        *,
        -1 as nb_obtenus
    from attendus

)

-- 1: a row too many; -1: a row that is missing.
select
    * exclude (nb_obtenus),
    sum(nb_obtenus) as ecart
from ensemble
group by all
having sum(nb_obtenus) <> 0

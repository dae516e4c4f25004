-- The roll-up partition on cases made by hand: threshold of 3 persons, months then places given up.
-- Each letter is the titulaire of one dossier of 10.01 €.
{{ config(meta={'dagster': {'ref': {'name': 'int_formations_engagees__partition'}}}) }}
{#- name: cells (place, month, persons), expected rows (level, place, month, dossiers, persons) -#}
{%- set cas = {
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
} %}
{%- set valeurs = {'nb_dossiers': 1, 'montant_engage': 10.01} %}

with

obtenus as (

    {%- for nom, (donnees, _) in cas.items() %}
    select
        '{{ nom }}' as cas,
        niveau_diffusion || ' ' || lieu || ' ' || mois as ligne,
        nb_dossiers,
        nb_titulaires,
        montant_engage
    from (
        with

        cellules as (

            {%- for lieu, mois, personnes in donnees %}
            select
                '{{ lieu }}' as lieu,
                '{{ mois }}' as mois,
                {%- for mesure in mesures() %}
                {{ valeurs[mesure] or 0 }} * {{ personnes | length }} as {{ mesure }},
                {%- endfor %}
                string_split('{{ personnes }}', '') as titulaires,
                list_unique(titulaires) as nb_titulaires
            {{ 'union all' if not loop.last }}
            {%- endfor %}

        ),

        {{ partition_diffusion('cellules', [['mois'], ['lieu']], 3) }}

        select * from partition_diffusion
    )
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

attendus as (

    {%- for nom, (_, lignes) in cas.items() if lignes %}
    {%- for niveau, lieu, mois, nb_dossiers, nb_titulaires in lignes %}
    select
        '{{ nom }}' as cas,
        '{{ niveau }} {{ lieu }} {{ mois }}' as ligne,
        {{ nb_dossiers }} as nb_dossiers,
        {{ nb_titulaires }} as nb_titulaires,
        {{ nb_dossiers }} * 10.01 as montant_engage
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

ensemble as (

    select
        *,
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

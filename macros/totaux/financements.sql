{#-
  Who finances the cells of the tables that tell it: those by year and one column at most, but the certification,
  once their year is definitive as a whole, since rows tell financers in the definitive edition only. Of each cell
  and figure: its `somme`, the persons (`personnes` at least) who have a part of what no row tells of it, and
  whether these are too few or one of them makes most of it. `dossiers`: of whom rows say not by whom.
-#}
{% macro totaux_financements() -%}
{%- set apart = ['montant_titulaire', 'montant_reste_a_charge', 'participation', 'supplement', 'dossiers_apart'] -%}
{%- set chiffres = financeurs_publies() + ['dossiers'] + apart -%}
{%- set finances = tableaux() | selectattr('est_finance') | list -%}
{%- set dimensions = finances | map(attribute='dimensions') | sum(start=[]) | unique | list -%}
{%- set seuil = reglages().seuil -%}
{%- set part = var('secret').part_dominante -%}
with

dossiers as materialized (

    select
        titulaire,
        {{ debut_de_periode('annee') }} as debut,
        {{ dimensions | join(', ') }},
        coalesce(niveau, 99) as niveau,
        financeurs_sont_dits,
        parts_sont_dites,
        hash(debut, {{ dimensions | join(', ') }}, niveau, financeurs_sont_dits, parts_sont_dites) as cube,
        {% for chiffre in tous_les_montants() + ['participation'] -%}
        {{ chiffre }},
        {% endfor -%}
        montant_titulaire + montant_reste_a_charge as montant_personne,
        montant_reste_a_charge - participation as supplement,
        1 as dossiers,
        1 as dossiers_apart
    from {{ modele('comptes_dits') }}
    where sens = 1 and {{ est_definitive('annee') }}

),

-- How many dossiers with a part of it a person has at most in a year.
repetitions as (

    select
        {%- for chiffre in chiffres %}
        greatest(coalesce(max({{ chiffre }}), 1), 1) as {{ chiffre }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            {%- for chiffre in chiffres %}
            count_if({{ chiffre }} <> 0) as {{ chiffre }}{{ ',' if not loop.last }}
            {%- endfor %}
        from dossiers
        semi join {{ modele('totaux_repetees') }} using (titulaire)
        group by titulaire, debut
    )

),

cubes as materialized (

    select
        cube,
        any_value(debut) as debut,
        {% for colonne in dimensions -%}
        any_value({{ colonne }}) as {{ colonne }},
        {% endfor -%}
        any_value(niveau) as niveau,
        any_value(financeurs_sont_dits) as financeurs_sont_dits,
        any_value(parts_sont_dites) as parts_sont_dites,
        {%- for chiffre in chiffres %}
        sum({{ chiffre }}) as {{ chiffre }},
        count_if({{ chiffre }} <> 0) as contributions_{{ chiffre }},
        max({{ chiffre }}) as maximum_{{ chiffre }}{{ ',' if not loop.last }}
        {%- endfor %}
    from dossiers
    group by cube

),

-- The cells that each cube is in, and whether rows leave it out.
appartenances as materialized (

    {%- for tableau in finances %}
    select
        cellules.num_cellule,
        cubes.cube,
        not (niveau <= {{ tableau.niveau }} and financeurs_sont_dits) as sans_financeurs,
        not (niveau <= {{ tableau.niveau }} and parts_sont_dites) as sans_parts
    from cubes
    inner join {{ modele('totaux_cellules') }} as cellules
        on
            cellules.tableau = '{{ tableau.nom }}'
            and cubes.debut = cellules.debut
            {%- for colonne in tableau.dimensions %}
            and cubes.{{ colonne }} = cellules.{{ colonne }}
            {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

sommes as materialized (

    select
        num_cellule,
        {%- for chiffre in chiffres %}
        {%- set reste = 'where ' ~ ('sans_parts' if chiffre in apart else 'sans_financeurs') %}
        sum({{ chiffre }}) as {{ chiffre }},
        coalesce(sum({{ chiffre }}) filter ({{ reste }}), 0) as reste_{{ chiffre }},
        coalesce(sum(contributions_{{ chiffre }}) filter ({{ reste }}), 0) as contributions_{{ chiffre }},
        coalesce(max(maximum_{{ chiffre }}) filter ({{ reste }}), 0) as maximum_{{ chiffre }}{{ ',' if not loop.last }}
        {%- endfor %}
    from appartenances
    inner join cubes on appartenances.cube = cubes.cube
    group by num_cellule

),

-- Where so many have a part that these cannot be few, nor one of them make most of it, nobody is looked at.
chiffrees as materialized (

    {%- for chiffre in chiffres %}
    select
        num_cellule,
        '{{ chiffre }}' as chiffre,
        cast(sommes.{{ chiffre }} as decimal(18, 2)) as somme,
        contributions_{{ chiffre }} as contributions,
        contributions_{{ chiffre }} // au_plus.{{ chiffre }} as personnes,
        contributions_{{ chiffre }} > 0
        and (
            contributions_{{ chiffre }} < {{ seuil }} * au_plus.{{ chiffre }}
            or maximum_{{ chiffre }} * au_plus.{{ chiffre }} >= {{ part }} * reste_{{ chiffre }}::double
        ) as est_ambigu
    from sommes
    cross join repetitions as au_plus
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

{%- for chiffre in chiffres %}

personnes_{{ chiffre }} as (

    select
        '{{ chiffre }}' as chiffre,
        num_cellule,
        titulaire,
        sum({{ chiffre }}) as montant
    from dossiers
    inner join (
        select
            cube,
            num_cellule
        from appartenances
        semi join (
            select num_cellule from chiffrees
            where est_ambigu and chiffre = '{{ chiffre }}'
        ) using (num_cellule)
        where {{ 'sans_parts' if chiffre in apart else 'sans_financeurs' }}
    ) using (cube)
    where {{ chiffre }} <> 0
    group by num_cellule, titulaire

),
{%- endfor %}

exactes as (

    select
        num_cellule,
        chiffre,
        count(*) as personnes,
        count(*) < {{ seuil }} or max(montant) >= {{ part }} * sum(montant)::double as est_trop_peu
    from (
        {%- for chiffre in chiffres %}
        select * from personnes_{{ chiffre }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
    group by num_cellule, chiffre

)

select
    chiffrees.num_cellule,
    chiffrees.chiffre,
    chiffrees.somme,
    cast(coalesce(exactes.personnes, chiffrees.personnes) as bigint) as personnes,
    cast(coalesce(exactes.personnes, chiffrees.contributions) as bigint) as personnes_au_plus,
    coalesce(exactes.est_trop_peu, false)
    {%- if 'parmi' in reglages() %}
    or (chiffrees.num_cellule, chiffrees.chiffre) in (
        select
            cellules.num_cellule,
            ecarts.chiffre
        from {{ modele('totaux_cellules') }} as cellules
        inner join {{ modele('totaux_ecarts') }} as ecarts on year(cellules.debut) = ecarts.annee
        where cellules.tableau = 'annee'
    )
    {%- endif %} as est_trop_peu
from chiffrees
left join exactes on chiffrees.num_cellule = exactes.num_cellule and chiffrees.chiffre = exactes.chiffre
{%- endmacro %}

{#-
  From the provisional to the definitive edition, row by row (a family). `places`: the dossiers of a cohort
  that becomes definitive, each in the provisional row that is its own. `suites`: what becomes of these rows.
  `familles`: the dossiers behind each row of this version; `etats`, in the state in which it tells them.
-#}

{#- A dossier stays in its row as long as its cell is the same; else, or if it came since, it belongs to the
    finest row that says nothing else of it. One that no row can hold waits. -#}
{% macro places() -%}
{%- set lignes = registre('lignes') -%}
{%- set plan = reglages().plan[1:] -%}
{%- set dernier = plan | length + 2 -%}
{%- if not lignes -%}
select null::integer as numero, null::integer as num_famille
where false
{%- else -%}
with

actuels as (

    select
        cohorte,
        {% for colonne in plan | sum(start=[]) -%}
        {{ colonne }},
        {% endfor -%}
        unnest(numeros) as numero
    from {{ modele('cellules') }}
    where est_suivie

),

avant as (

    select dossiers.numero, suivis.num_famille
    from {{ registre('suivis') }} as suivis
    inner join {{ modele('dossiers') }} as dossiers
        on suivis.id_dossier = dossiers.id_dossier
        and suivis.cohorte = dossiers.cohorte
        {%- for colonne in reglages().colonnes %}
        and suivis.{{ colonne }} is not distinct from dossiers.{{ colonne }}
        {%- endfor %}

),

places as (

    select
        actuels.numero,
        coalesce(avant.num_famille{% for niveau in range(2, dernier + 1) %}, niveau_{{ niveau }}.num_ligne{% endfor %}) as num_famille
    from actuels
    left join avant using (numero)
    {%- for niveau in range(2, dernier + 1) %}
    left join {{ lignes }} as niveau_{{ niveau }}
        on niveau_{{ niveau }}.niveau_diffusion = {{ niveau }}
        and actuels.cohorte = niveau_{{ niveau }}.cohorte
        {%- for colonne in plan[niveau - 2:] | sum(start=[]) %}
        and actuels.{{ colonne }} = niveau_{{ niveau }}.{{ colonne }}
        {%- endfor %}
    {%- endfor %}

)

select * from places
where num_famille is not null
{%- endif -%}
{%- endmacro %}

{#-
  A row is brought up to date (`revisee`) if, of each figure that it told, nobody's part changes, or that of
  at least `seuil` persons who change in no other row, none of whom makes most of the change; and if nobody
  or at least `seuil` persons come to it or leave it. Else it stays as it was (`figee`). So no sum of rows
  tells less than `seuil` persons: those who change in several rows, and may cancel out, are never counted.
-#}
{% macro suites() -%}
{%- set suivis = registre('suivis') -%}
{%- set seuil = reglages().seuil -%}
{%- set chiffres = ['nb_dossiers', 'nb_dossiers_avec_duree', 'heures', 'montant_engage'] -%}
{%- if not suivis -%}
select null::integer as num_famille, null::varchar as suite
where false
{%- else -%}
with

mouvements as (

    select
        num_famille,
        titulaire,
        -1 as sens,
        heures,
        montant_engage
    from {{ suivis }}
    semi join (select cohorte from {{ modele('editions') }} where est_suivie) using (cohorte)
    union all by name
    select
        places.num_famille,
        dossiers.titulaire,
        1 as sens,
        dossiers.heures,
        dossiers.montant_engage
    from {{ modele('places') }} as places
    inner join {{ modele('dossiers') }} as dossiers using (numero)

),

personnes as (

    select
        num_famille,
        titulaire,
        sum(sens) as nb_dossiers,
        coalesce(sum(sens) filter (where heures is not null), 0) as nb_dossiers_avec_duree,
        coalesce(sum(sens * heures), 0) as heures,
        sum(sens * montant_engage) as montant_engage,
        bool_or(sens = 1) as est_la,
        bool_or(sens = 1) <> bool_or(sens = -1) as passe
    from mouvements
    group by num_famille, titulaire

),

-- Who leaves a cohort for another changes in both, whenever the other becomes definitive.
partis as (

    select distinct suivis.titulaire
    from {{ suivis }} as suivis
    inner join {{ modele('dossiers') }} as dossiers on suivis.id_dossier = dossiers.id_dossier
    where suivis.cohorte <> dossiers.cohorte

),

changements as (

    select
        *,
        count_if(change) over (partition by titulaire) = 1
        and titulaire not in (select titulaire from partis) as est_seul
    from (
        select
            *,
            passe or {% for chiffre in chiffres %}{{ chiffre }} <> 0{{ ' or ' if not loop.last }}{% endfor %} as change
        from personnes
    )

),

jugees as (

    select
        num_famille,
        count_if(change) as nb_changements,
        count_if(est_la) = 0 or count_if(est_la and (est_seul or not change)) >= {{ seuil }} as assez_restent,
        count_if(passe) = 0 or count_if(passe and est_seul) >= {{ seuil }} as assez_passent
        {%- for chiffre in chiffres %},
        count_if({{ chiffre }} <> 0) = 0 or (
            count_if({{ chiffre }} <> 0 and est_seul) >= {{ seuil }}
            and max(abs({{ chiffre }})) < {{ var('secret').part_dominante }} * sum(abs({{ chiffre }})) filter (where est_seul)
        ) as assez_{{ chiffre }}
        {%- endfor %}
    from changements
    group by num_famille

)

select
    num_famille,
    case
        when nb_changements = 0 then 'inchangee'
        when assez_restent and assez_passent{% for chiffre in chiffres %} and assez_{{ chiffre }}{% endfor %} then 'revisee'
        else 'figee'
    end as suite
from jugees
{%- endif -%}
{%- endmacro %}

{% macro familles() -%}
with

neuves as (

    select
        unnest(cellules.numeros) as numero,
        lignes.num_famille
    from (
        select
            num_famille,
            unnest(cellules) as cellule
        from {{ modele('groupes') }}
    ) as lignes
    inner join {{ modele('unites') }} as cellules on lignes.cellule = cellules.numero

),

suivies as (

    select
        numero,
        num_famille
    from {{ modele('places') }}
    anti join (select num_famille from {{ modele('suites') }} where suite = 'figee') using (num_famille)
    {%- if registre('suivis') %}
    -- A dossier that a row keeps is in no other.
    anti join (
        select dossiers.numero
        from {{ registre('suivis') }} as suivis
        semi join (select num_famille from {{ modele('suites') }} where suite = 'figee') as figees
            on suivis.num_famille = figees.num_famille
        inner join {{ modele('dossiers') }} as dossiers on suivis.id_dossier = dossiers.id_dossier
    ) as gardes using (numero)
    {%- endif %}

)

select * from neuves
union all
select * from suivies
{%- endmacro %}

{% macro etats() -%}
{%- set suivis = registre('suivis') -%}
{{ config(materialized='view') }}
select
    familles.num_famille,
    dossiers.* exclude (numero)
from {{ modele('familles') }} as familles
inner join {{ modele('dossiers') }} as dossiers on familles.numero = dossiers.numero
{%- if suivis %}
union all by name
-- Of a row that stays as it was, only what it did not tell yet is that of today.
select
    suivis.* replace (
        {%- for colonne in reglages().plan[0] + ['est_sensible'] %}
        coalesce(dossiers.{{ colonne }}, suivis.{{ colonne }}) as {{ colonne }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
from {{ suivis }} as suivis
semi join (select num_famille from {{ modele('suites') }} where suite = 'figee') as figees
    on suivis.num_famille = figees.num_famille
left join {{ modele('dossiers') }} as dossiers on suivis.id_dossier = dossiers.id_dossier
{%- endif %}
{%- endmacro %}

{#- What the next versions need of the provisional rows: their dossiers, as they were told. -#}
{% macro suivis() -%}
{{ config(materialized='view') }}
select * from {{ modele('etats') }}
semi join (select cohorte from {{ modele('editions') }} where edition = 'provisoire') using (cohorte)
{%- if registre('suivis') %}
union all by name
select * from {{ registre('suivis') }}
anti join {{ modele('editions') }} using (cohorte)
{%- endif %}
{%- endmacro %}

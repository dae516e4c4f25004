{#-
  What the definitive edition adds, inside each row of level 2 (a family) and nowhere else, so that it adds
  up with what the provisional edition told: the cells of enough persons are rows of level 1. The others
  stay together, and take in their smallest siblings, as few as make them safe; where none do, the family
  is not divided. A cell of one sensitive status, alone among those that share all the rest, is not shown.

  One row a cell: the row in which it is published, its own (`est_fine`) or that of its family.
-#}
{% macro detail() -%}
{%- set fines = reglages().plan[0] -%}
{%- set seuil = reglages().seuil -%}
with

divisibles as (

    select num_famille
    from ({{ familles_de_la_version() }})
    semi join (select cohorte from {{ modele('editions') }} where edition = 'definitive') using (cohorte)
    where niveau_diffusion = 2

),

cellules as (

    select
        num_famille,
        {{ fines | join(', ') }},
        list(titulaire) as titulaires,
        list_unique(list(titulaire)) as nb_titulaires,
        bool_or(est_sensible) as est_sensible
    from {{ modele('etats') }}
    semi join divisibles using (num_famille)
    group by num_famille, {{ fines | join(', ') }}

),

-- Who is in several cells of a row that the provisional edition told is counted in one of them only: a cell
-- has enough persons without these.
plusieurs as (

    select
        num_famille,
        titulaire
    from {{ modele('etats') }}
    semi join divisibles using (num_famille)
    semi join {{ modele('suites') }} using (num_famille)
    group by num_famille, titulaire
    having count(distinct row({{ fines | join(', ') }})) > 1

),

partages as (

    select
        num_famille,
        {{ fines | join(', ') }},
        count(distinct titulaire) as nb_partages
    from {{ modele('etats') }}
    semi join plusieurs using (num_famille, titulaire)
    group by num_famille, {{ fines | join(', ') }}

),

jugees as (

    select
        * exclude (nb_partages),
        nb_titulaires - coalesce(nb_partages, 0) >= {{ seuil }}
        and not (est_sensible and count(*) over (partition by {{ (['num_famille'] + fines[1:]) | join(', ') }}) = 1) as est_sure,
        if(nb_titulaires < {{ seuil }}, {{ seuil - 1 }}, 1000000) as borne
    from cellules
    left join partages using (num_famille, {{ fines | join(', ') }})

),

restes as (

    select
        num_famille,
        sum(borne) as bornes,
        -- (of those that are held back for their status, at least the threshold is known)
        sum(nb_titulaires) - {{ seuil }} * count_if(nb_titulaires >= {{ seuil }}) as somme,
        count_if(nb_titulaires < {{ seuil }}) as nb_unites,
        list_unique(flatten(list(titulaires))) >= {{ seuil }}
        and {{ intervalle_large() }}
        and least({{ seuil - 1 }}, somme) >= {{ largeur() }}
        and {{ hesite_entre_non_vides(
            'list_unique(flatten(list(titulaires))) - ' ~ seuil ~ ' * count_if(nb_titulaires >= ' ~ seuil ~ ')',
            'nb_unites'
        ) }} as est_sur
    from jugees
    where not est_sure
    group by num_famille

),

fratries as (

    select
        *,
        row_number() over fratrie as rang,
        sum(nb_titulaires) over fratrie as cumul,
        lead(nb_titulaires) over fratrie as suivant
    from jugees
    inner join restes using (num_famille)
    where est_sure
    window fratrie as (partition by num_famille order by nb_titulaires, {{ fines | join(', ') }})

),

choix as (

    select
        num_famille,
        min(rang) as nb_absorbees
    from (
        select num_famille, 0 as rang from restes
        where est_sur
        union all
        select num_famille, rang from fratries
        where
            {{ intervalle_absorbant('somme', 'bornes') }}
            and {{ hesite_entre_non_vides('somme + cumul - rang * ' ~ seuil, 'nb_unites') }}
    )
    group by num_famille

),

-- Without anything left over, or with what hides it.
divisees as (

    select
        jugees.num_famille,
        {% for fine in fines -%}
        jugees.{{ fine }},
        {% endfor -%}
        jugees.est_sure
        and (
            restes.num_famille is null
            or (choix.num_famille is not null and coalesce(fratries.rang > choix.nb_absorbees, true))
        ) as est_fine
    from jugees
    left join restes on jugees.num_famille = restes.num_famille
    left join choix on jugees.num_famille = choix.num_famille
    left join fratries
        on jugees.num_famille = fratries.num_famille
        {%- for fine in fines %} and jugees.{{ fine }} = fratries.{{ fine }}{% endfor %}

),

numeros as (

    select num_famille as num_ligne from {{ modele('groupes') }}
    {%- if registre('lignes') %}
    union all
    select num_ligne from {{ registre('lignes') }}
    {%- endif %}

)

select
    *,
    case
        when est_fine
            then cast(row_number() over (partition by est_fine) + (select max(num_ligne) from numeros) as integer)
        else num_famille
    end as num_ligne
from divisees
{%- endmacro %}

{#- The families of this version, new or followed. -#}
{% macro familles_de_la_version() -%}
{%- set lignes = registre('lignes') -%}
{%- set colonnes = ['cohorte', 'niveau_diffusion'] + (reglages().plan[1:] | sum(start=[])) -%}
    select num_famille, {{ colonnes | join(', ') }}, null::date as valeur_du, false as montant_etait_dit, false as duree_etait_dite
        from {{ modele('groupes') }}
        {%- if lignes %}
        union all
        select num_ligne as num_famille, {{ colonnes | join(', ') }}, valeur_du, montant_engage is not null as montant_etait_dit, duree_moyenne is not null as duree_etait_dite
        from {{ lignes }}
        semi join (select cohorte from {{ modele('editions') }} where est_suivie) using (cohorte)
        {%- endif %}
{%- endmacro %}

{#-
  The cells of the definitive editions (`detail`), in or out of the row of their family: where cells of level 1
  leave too few persons of a total, or all told a companion, the smallest of them goes back (reculs.sql says why).
-#}
{% macro divisions() -%}
{%- set fines = reglages().plan[0] -%}
{%- set seuil = reglages().seuil -%}
{%- set fermes = tableaux() | selectattr('est_ferme') | list -%}
with

detail as (

    select * from {{ modele('detail') }}

),

parts as materialized (

    select
        situes.cohorte,
        {% for colonne in reglages().plan | sum(start=[]) -%}
        situes.{{ colonne }},
        {% endfor -%}
        {% for derivee in derivees('situes') -%}
        {{ derivee.sql }} as {{ derivee.nom }},
        {% endfor -%}
        situes.titulaire,
        detail.num_ligne,
        coalesce(detail.est_fine, false) as est_fine
    from {{ modele('situes') }} as situes
    left join detail
        on
            situes.num_famille = detail.num_famille
            {%- for fine in fines %}
            and situes.{{ fine }} = detail.{{ fine }}
            {%- endfor %}
    where
        situes.sens = 1
        and situes.cohorte in (select cohorte from {{ modele('editions') }} where edition = 'definitive')
    {%- if registre('comptes') %}
    union all by name
    select
        cohorte,
        {% for colonne in dimensions_des_totaux() -%}
        {{ colonne }},
        {% endfor -%}
        titulaire,
        null as num_ligne,
        coalesce(niveau = 1, false) as est_fine
    from {{ registre('comptes') }}
    where sens = 1 and cohorte not in (select cohorte from {{ modele('editions') }})
    {%- endif %}

),

tailles as (

    select
        num_ligne,
        count(*) as taille
    from parts
    where est_fine and num_ligne is not null
    group by num_ligne

),

repetition as (

    select max(nombre) as au_plus
    from (
        select count(*) as nombre
        from parts
        group by titulaire
    )

),
{%- for tableau in fermes %}
{%- set cle = (['debut'] + tableau.dimensions) | join(', ') %}

{{ tableau.nom }}_petites as (

    select
        {{ cle }},
        arg_min(num_ligne, taille * 1000000000 + num_ligne) as num_ligne
    from (
        select
            *,
            {{ debut_de_periode(tableau.grain) }} as debut
        from parts
    )
    left join tailles using (num_ligne)
    left join {{ compagnons_de(tableau) }} using ({{ cle }})
    group by {{ cle }}
    having
        count_if(not est_fine) between if(bool_or(est_compagnon), 0, 1) and {{ seuil }} * (select au_plus from repetition)
        and count(taille) > 0

),

{{ tableau.nom }}_reculs as (

    select any_value(petites.num_ligne) as num_ligne
    from {{ tableau.nom }}_petites as petites
    left join parts
        on
            {{ debut_de_periode(tableau.grain) }} = petites.debut
            {%- for colonne in tableau.dimensions %}
            and parts.{{ colonne }} = petites.{{ colonne }}
            {%- endfor %}
            and not parts.est_fine
    group by petites.debut{% for colonne in tableau.dimensions %}, petites.{{ colonne }}{% endfor %}
    having count(distinct parts.titulaire) < {{ seuil }}

),
{%- endfor %}

reculs as (

    {%- for tableau in fermes %}
    select num_ligne from {{ tableau.nom }}_reculs
    {{ 'union' if not loop.last }}
    {%- endfor %}

)

select
    detail.* replace (
        detail.est_fine and reculs.num_ligne is null as est_fine,
        if(reculs.num_ligne is null, detail.num_ligne, detail.num_famille) as num_ligne
    )
from detail
left join reculs on detail.num_ligne = reculs.num_ligne and detail.est_fine
{%- endmacro %}

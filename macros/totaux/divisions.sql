{#-
  The cells of the definitive editions (`detail`), in or out of the row of their family: where cells of level 1
  leave too few persons of a total, or all told a companion, the smallest of them goes back (reculs.sql says why).
  A family that told its euros or hours is divided only into rows that all tell theirs: what was told is known,
  and totals count on it.
-#}
{% macro divisions() -%}
{%- set fines = reglages().plan[0] -%}
{%- set seuil = reglages().seuil -%}
{%- set fermes = tableaux() | selectattr('est_ferme') | list -%}
{%- set etats = modele('etats') -%}
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

),

familles as (

    {{ familles_de_la_version() }}

),

dossiers as (

    select
        detail.num_famille,
        detail.num_ligne,
        etats.titulaire,
        etats.siren_of,
        coalesce(etats.heures, 0) as heures,
        etats.montant_engage
    from {{ etats }} as etats
    inner join detail
        on etats.num_famille = detail.num_famille{% for fine in fines %} and etats.{{ fine }} = detail.{{ fine }}{% endfor %}
    semi join (select num_famille from familles where montant_etait_dit or duree_etait_dite) as dites
        on etats.num_famille = dites.num_famille

),

chiffres as (

    select
        num_famille,
        num_ligne,
        {%- for chiffre in ['heures', 'montant_engage'] %}
        sum({{ chiffre }}) as {{ chiffre }},
        count_if({{ chiffre }} <> 0) as contributeurs_{{ chiffre }},
        max({{ chiffre }}) as maximum_{{ chiffre }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            num_famille,
            num_ligne,
            sum(heures) as heures,
            sum(montant_engage) as montant_engage
        from dossiers
        group by num_famille, num_ligne, titulaire
    )
    group by num_famille, num_ligne

),

organismes as (

    select
        num_ligne,
        count_if(montant_engage <> 0) as organismes_montant_engage,
        max(montant_engage) as maximum_organisme_montant_engage
    from (
        select
            num_ligne,
            sum(montant_engage) as montant_engage
        from dossiers
        group by num_ligne, siren_of
    )
    group by num_ligne

),

entieres as (

    select num_famille
    from chiffres
    inner join organismes using (num_ligne)
    inner join familles using (num_famille)
    group by num_famille
    having
        bool_or(duree_etait_dite and not {{ assez('heures') }})
        or bool_or(montant_etait_dit and not ({{ assez('montant_engage') }} and {{ assez_d_organismes('montant_engage') }}))

)

select
    detail.* replace (
        detail.est_fine and reculs.num_ligne is null and entieres.num_famille is null as est_fine,
        if(reculs.num_ligne is null and entieres.num_famille is null, detail.num_ligne, detail.num_famille) as num_ligne
    )
from detail
left join reculs on detail.num_ligne = reculs.num_ligne and detail.est_fine
left join entieres on detail.num_famille = entieres.num_famille
{%- endmacro %}

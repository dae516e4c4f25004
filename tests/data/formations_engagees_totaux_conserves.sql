-- Nothing is lost between dossiers and published rows: neither a dossier nor a cent.
-- (An empty mart is right when the whole population is below the threshold.)
{{ config(meta={'dagster': {'ref': {'name': 'moncompteformation_formations_engagees'}}}) }}
{%- set totaux = ['montant_engage'] + montants_finances() + ['montant_non_ventile'] %}

with

dossiers as (

    select
        count(*) as nb_dossiers,
        {%- for total in totaux %}
        coalesce(sum({{ total }}), 0) as {{ total }},
        {%- endfor %}
        count(distinct titulaire) as nb_titulaires

    from {{ ref('int_dossiers__courants') }}

),

lignes as (

    select
        {%- for total in totaux %}
        coalesce(sum({{ total }}), 0) as {{ total }},
        {%- endfor %}
        coalesce(sum(nb_dossiers), 0) as nb_dossiers

    from {{ ref('moncompteformation_formations_engagees') }}

)

select
    dossiers.*,
    lignes.*
from dossiers
cross join lignes
where
    dossiers.nb_titulaires >= {{ var('seuils')['moncompteformation_formations_engagees'] }}
    and (
        dossiers.nb_dossiers <> lignes.nb_dossiers
        {%- for total in totaux %}
        or dossiers.{{ total }} <> lignes.{{ total }}
        {%- endfor %}
    )

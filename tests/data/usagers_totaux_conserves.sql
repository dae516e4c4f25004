-- Nothing is lost between dossiers and published rows: neither a dossier nor a cent.
-- (An empty mart is right when the whole population is below the threshold. Of a financer of very few
-- dossiers, a part may stay among the amounts whose financer is not told: the CHECK of the contract says
-- that each row adds up.)
{{ config(meta={'dagster': {'ref': {'name': 'moncompteformation_usagers'}}}) }}
{%- set seuil = var('seuils')['moncompteformation_usagers'] %}
{%- set totaux = ['montant_engage'] + montants_finances() %}

with

dossiers as (

    select
        count(*) as nb_dossiers,
        {%- for total in totaux %}
        coalesce(sum({{ total }}), 0) as {{ total }},
        count(*) filter (where {{ total }} <> 0) as finances_{{ total }},
        {%- endfor %}
        count(distinct titulaire) as nb_titulaires

    from {{ ref('int_dossiers__courants') }}
    where est_entre

),

lignes as (

    select
        {%- for total in totaux %}
        coalesce(sum({{ total }}), 0) as {{ total }},
        {%- endfor %}
        coalesce(sum(nb_dossiers), 0) as nb_dossiers

    from {{ ref('moncompteformation_usagers') }}

)

select
    dossiers.*,
    lignes.*
from dossiers
cross join lignes
where
    dossiers.nb_titulaires >= {{ seuil }}
    and (
        dossiers.nb_dossiers <> lignes.nb_dossiers
        {%- for total in totaux %}
        or (
            dossiers.{{ total }} <> lignes.{{ total }}
            and dossiers.finances_{{ total }} >= {{ 10 * seuil }}
        )
        {%- endfor %}
    )

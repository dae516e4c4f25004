{#- source, staging, what was published of it -#}
{%- set exports = [
    ('portail_achats', 'achats'),
    ('portail_usagers', 'usagers'),
    ('portail_entrees_sorties', 'entrees_sorties'),
] -%}

with

{% for source, nom in exports -%}
{{ nom }} as (

    select * from {{ ref('stg_portail__' ~ nom) }}

),

{{ nom }}_derniers as (

    {{ dernieres_livraisons(nom, source) }}

),

{{ nom }}_publies as (

    select * from {{ ref('int_portail__' ~ nom) }}

),

{% endfor -%}
bilan as (

    {%- for source, nom in exports %}
    select
        '{{ source }}' as source,
        'atterris' as indicateur,
        (select count(*) from {{ nom }}) as valeur
    union all
    select
        '{{ source }}' as source,
        'remplaces' as indicateur,
        (select count(*) from {{ nom }}) - (select count(*) from {{ nom }}_derniers) as valeur
    union all
    select
        '{{ source }}' as source,
        'retenus' as indicateur,
        (select count(*) from {{ nom }}_derniers) as valeur
    union all
    select
        '{{ source }}' as source,
        'lignes_masquees' as indicateur,
        (select count(*) filter (where est_masque) from {{ nom }}_derniers) as valeur
    union all
    select
        '{{ source }}' as source,
        'lignes_reunies' as indicateur,
        (select count(*) from {{ nom }}_derniers) - (select count(*) from {{ nom }}_publies) as valeur
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

)

select * from bilan

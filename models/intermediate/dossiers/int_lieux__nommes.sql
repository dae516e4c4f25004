{#- What a place may be besides a real one: key, code, name. Remote has neither code nor name. -#}
{%- set autres = [
    ("'REGROUPE'", "'REGROUPE'", "'REGROUPE'"),
    ("'ENSEMBLE'", "'ENSEMBLE'", "'ENSEMBLE'"),
    ("'NR'", "'NR'", "'Non renseigné'"),
    ("'A_DISTANCE'", 'null', 'null'),
] -%}

with

departements as (

    select * from {{ ref('departements') }}

),

regions as (

    select * from {{ ref('regions') }}

),

lieux as (

    {%- for echelon in ['departement', 'region'] %}
    select
        '{{ echelon }}' as echelon,
        code as cle,
        code,
        nom
    from {{ echelon }}s

    union all
    {% for cle, code, nom in autres %}
    select
        '{{ echelon }}' as echelon,
        {{ cle }} as cle,
        {{ code }} as code,
        {{ nom }} as nom
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from lieux

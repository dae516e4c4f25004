{# Formulas of the diagnosis (docs/decisions/0021). Each takes SQL expressions and is SQL. #}

{# Between -1 and 1: what is bought against what was expected, small cells drawn to 0. #}
{% macro indice_tension(dossiers, attendus) -%}
    case
        when {{ dossiers }} + {{ attendus }} > 0
            then
                ({{ dossiers }} - {{ attendus }})
                / ({{ dossiers }} + {{ attendus }} + 2 * {{ var('diagnostic').amorti }})
    end
{%- endmacro %}

{% macro classe_tension(indice) -%}
    case
        when {{ indice }} <= -0.5 then 'offre très abondante au regard des achats'
        when {{ indice }} <= -0.2 then 'offre abondante'
        when {{ indice }} < 0.2 then 'équilibre proche de la moyenne'
        when {{ indice }} < 0.5 then 'offre rare'
        when {{ indice }} >= 0.5 then 'offre très rare'
    end
{%- endmacro %}

{# (part / whole of the territory) / (reference of the code / whole of the reference), by products: exact borders. #}
{% macro quotient_de_localisation(part, territoire, code, tout) -%}
    {{ part }} * {{ tout }} / nullif({{ territoire }} * {{ code }}, 0)
{%- endmacro %}

{% macro mot_du_quotient(quotient, faible, fort) -%}
    case
        when round({{ quotient }}, 9) < {{ var('diagnostic').bande[0] }} then '{{ faible }}'
        when round({{ quotient }}, 9) > {{ var('diagnostic').bande[1] }} then '{{ fort }}'
        else 'proche de la moyenne'
    end
{%- endmacro %}

{# Between -1 and 1; null when there is nothing at either end. #}
{% macro evolution_bornee(avant, apres) -%}
    ({{ apres }} - {{ avant }}) / nullif({{ avant }} + {{ apres }}, 0)
{%- endmacro %}

{# What a row of purchases is surely about: a certification of a register, not an exception. #}
{% macro est_certifiante(lignes) -%}
    (
        {{ lignes }}.type_referentiel in ('RNCP', 'RS')
        or (
            {{ lignes }}.type_referentiel = 'REGROUPE'
            and {{ lignes }}.code_nsf not in ('REGROUPE', 'NR')
            and {{ lignes }}.code_nsf not in (select code_nsf from {{ ref('cpf_codes') }})
        )
    )
{%- endmacro %}

{# Codes that a row of a certification is counted under: arrays of levels, then of codes. #}
{% macro codes_du_diagnostic(certification, lignee, formacode, nsf, certifiante) -%}
    unnest([
        {'niveau': 'certification', 'code': {{ certification }}},
        {'niveau': 'lignee', 'code': {{ lignee }}},
        {'niveau': 'formacode', 'code': {{ formacode }}},
        {'niveau': 'nsf', 'code': {{ nsf }}},
        {'niveau': 'ensemble', 'code': case when {{ certifiante }} then 'ENSEMBLE' end}
    ], recursive := true)
{%- endmacro %}

{# Territories of a place: a row of the offer or of the purchases is in each. No region: remote. #}
{% macro territoires_du_diagnostic(region, departement) -%}
    unnest([
        'FR',
        case when {{ region }} is null then 'DISTANCE' when {{ region }} <> 'REGROUPE' then 'FR-PRESENTIEL' end,
        case when {{ region }} not in ('NR', 'REGROUPE', 'ENSEMBLE') then 'REG-' || {{ region }} end,
        case
            when {{ region }} is not null and {{ departement }} not in ('NR', 'REGROUPE', 'ENSEMBLE')
                then 'DEP-' || {{ departement }}
        end
    ])
{%- endmacro %}

{# france, region, departement or distance. #}
{% macro niveau_du_territoire(territoire) -%}
    case
        when {{ territoire }} like 'REG-%' then 'region'
        when {{ territoire }} like 'DEP-%' then 'departement'
        when {{ territoire }} = 'DISTANCE' then 'distance'
        else 'france'
    end
{%- endmacro %}

{# A flag that a reader of a CSV may read. #}
{% macro oui_ou_non(condition) -%}
    case when {{ condition }} then 'oui' else 'non' end
{%- endmacro %}

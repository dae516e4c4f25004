-- Every sum of rows that keep the same columns, in both editions: what changes between them is nobody's, or
-- that of enough persons, none of whom makes most of it. Where rows follow, something must be examined.
with

lignes as (

    select lignes.*
    from {{ lignes_avant }} as lignes
    semi join (
        select cohorte
        from {{ tables.editions }}
        where est_suivie
    ) as suivies on lignes.cohorte = suivies.cohorte

),

unions as (

    -- a row on its own, whatever other rows say of what it keeps
    select
        hash('ligne', num_ligne) as num_union,
        num_ligne as num_famille
    from lignes
    union all
    {% for gardees in unions -%}
    {% for cle in [gardees, ['cohorte'] + gardees] -%}
    select
        hash({{ ([loop.index, "'" ~ gardees | join(' ') ~ "'"] + cle) | join(', ') }}) as num_union,
        num_ligne as num_famille
    from lignes
    {% if gardees %}where {{ gardees | join(" <> 'REGROUPE' and ") }} <> 'REGROUPE'{% endif %}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

parts as (

    select
        unions.num_union,
        {% for mesure in mesures_suivies -%}
        sum(changements.{{ mesure }}) as {{ mesure }},
        {% endfor -%}
        changements.titulaire
    from unions
    inner join changements on unions.num_famille = changements.num_famille
    group by unions.num_union, changements.titulaire

),

sommes as (

    select
        {% for mesure in mesures_suivies -%}
        count_if({{ mesure }} <> 0) as contributeurs_{{ mesure }},
        max(abs({{ mesure }})) as maximum_{{ mesure }},
        sum(abs({{ mesure }})) as mouvement_{{ mesure }},
        {% endfor -%}
        num_union
    from parts
    group by num_union

)

select
    (select count(distinct num_union) from unions) as examines,
    (
        select count(*)
        from sommes
        where
            false
            {%- for mesure in mesures_suivies %}
            or contributeurs_{{ mesure }} between 1 and {{ seuil - 1 }}
            or maximum_{{ mesure }} >= {{ dominance }} * nullif(mouvement_{{ mesure }}, 0)
            {%- endfor %}
    )
    + ((select count(*) from lignes) = 0)::integer as anomalies

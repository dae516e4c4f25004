{#-
  CTEs of an exact step: `unites_<niveau>`, the units that it groups, and `absorbees_<niveau>`, the
  published siblings that they take in, the smallest first and as few as make the whole safe. Where
  none does, only the units left over go further up.
-#}
{% macro absorption(niveau, precedentes, gardees, regles) -%}
{%- set noeud = gardees | join(', ') %}

restes_{{ niveau }} as (

    select
        {{ noeud }},
        sum(borne) as bornes_restes,
        sum(nb_titulaires) as somme_restes,
        list_unique(flatten(list(titulaires))) >= {{ regles.seuil }} and {{ _intervalle_large(regles) }} as est_sur
    from niveau_{{ niveau - 1 }}
    where not est_sur
    group by {{ noeud }}

),

fratries_{{ niveau }} as (

    select
        {{ precedentes | join(', ') }},
        row_number() over fratrie as rang,
        sum(nb_titulaires) over fratrie as cumul,
        lead(nb_titulaires) over fratrie as suivant
    from niveau_{{ niveau - 1 }}
    semi join restes_{{ niveau }} using ({{ noeud }})
    where est_sur
    window fratrie as (partition by {{ noeud }} order by nb_titulaires, {{ precedentes | join(', ') }})

),

choix_{{ niveau }} as (

    select
        {{ noeud }},
        min(rang) as nb_absorbees
    from (
        select
            {{ noeud }},
            0 as rang
        from restes_{{ niveau }}
        where est_sur
        union all by name
        select
            {{ noeud }},
            rang
        from fratries_{{ niveau }}
        inner join restes_{{ niveau }} using ({{ noeud }})
        where {{ intervalle_absorbant('somme_restes', 'bornes_restes', regles) }}
    )
    group by {{ noeud }}

),

absorbees_{{ niveau }} as (

    select {{ precedentes | join(', ') }}
    from fratries_{{ niveau }}
    inner join choix_{{ niveau }} using ({{ noeud }})
    where rang <= nb_absorbees

),

unites_{{ niveau }} as (

    select
        unites.*,
        choix_{{ niveau }}.nb_absorbees is not null as est_choisi
    from (
        select * from niveau_{{ niveau - 1 }}
        where not est_sur
        union all by name
        select * from niveau_{{ niveau - 1 }}
        semi join absorbees_{{ niveau }} using ({{ precedentes | join(', ') }})
    ) as unites
    left join choix_{{ niveau }} using ({{ noeud }})

),
{%- endmacro %}

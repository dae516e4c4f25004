{#-
  A dataset of counters (`compteurs` of `vars.diffusion`) tells of a period several counts that are not those of
  the same persons: entries, exits. Each is partitioned on its own, as if it were a dataset: a cohort is a period
  and a counter. Its date says both: the first day of the period, and as many days more as the counter's rank.
  docs/decisions/0019-entrees-et-sorties.md
-#}

{#- The rank of a counter, from 0. -#}
{% macro rang_du_compteur(compteur) -%}
    case {{ compteur }}{% for nom in reglages().compteurs %} when '{{ nom }}' then {{ loop.index0 }}{% endfor %} end
{%- endmacro %}

{#- The cohort of what happened one day and is counted by a counter. -#}
{% macro cohorte_du_compteur(jour, compteur) -%}
    cast(date_trunc('quarter', {{ jour }}) as date) + {{ rang_du_compteur(compteur) }}
{%- endmacro %}

{#- The counter of a cohort. -#}
{% macro compteur(cohorte) -%}
    [{% for nom in reglages().compteurs %}'{{ nom }}'{{ ', ' if not loop.last }}{% endfor %}][day({{ cohorte }})]
{%- endmacro %}

{#-
  What is sensitive is told of a group only beside its contrary (`temoin`): of all those who have left, that none
  went to the end tells of each. The last level, which says nothing but the period, tells it of nobody.
-#}
{% macro n_est_pas_unanime(gardees) -%}
{%- set sensible = reglages().sensible -%}
{%- set ecart = reglages().compteurs.index(sensible.compteur) - reglages().compteurs.index(sensible.temoin) -%}
    (
            {{ compteur('cohorte') }} <> '{{ sensible.compteur }}'
            or row(cohorte, {{ gardees | join(', ') }}) in (
                select row(cohorte + {{ ecart }}, {{ gardees | join(', ') }})
                from (
                    select distinct
                        cohorte,
                        {{ gardees | join(', ') }},
                        unnest(titulaires) as titulaire
                    from {{ modele('cellules') }}
                    where
                        {{ compteur('cohorte') }} = '{{ sensible.temoin }}'
                        and row(cohorte + {{ ecart }}, {{ gardees | join(', ') }}) in (
                            select row(cohorte, {{ gardees | join(', ') }}) from {{ modele('cellules') }}
                            where {{ compteur('cohorte') }} = '{{ sensible.compteur }}'
                        )
                )
                group by cohorte, {{ gardees | join(', ') }}
                having count(*) >= {{ reglages().seuil }}
            )
        )
{%- endmacro %}

{#-
  The groups that are rows so far (`gardes_<niveau>`), and what goes on to the next level (`rendues_<niveau>`): those
  that are not safe, and those that, with all the rows of any period that keep the same columns, would leave less
  than the threshold of what another counter tells of the same persons: who bought and did not enter, who
  entered and did not go to the end.
-#}
{% macro gardes(niveau) -%}
{%- set plan = reglages().plan[1:] -%}
{%- set dimensions = plan | sum(start=[]) -%}
{%- set dites = plan[niveau - 2:] | sum(start=[]) -%}
{%- set lignes = registre('lignes') -%}
{%- set communes = ['cohorte'] + dimensions + ['cellules', 'nb_titulaires', 'borne', 'plancher', 'est_sur'] %}

gardes_{{ niveau }} as (

    select
        {% for colonne in communes -%}
        {{ "'REGROUPE' as " ~ colonne if colonne in dimensions and colonne not in dites else colonne }},
        {% endfor -%}
        {{ niveau }} as niveau_diffusion
    from niveau_{{ niveau }}
    where est_sur
    {%- if niveau > 2 %}
    union all by name
    select * from rendues_{{ niveau - 1 }}
    where est_sur
    {%- endif %}

),
{%- set restes = reglages().restes | selectattr('niveau', 'equalto', niveau) | list %}
{%- for reste in restes %}

proches_{{ niveau }}_{{ loop.index }} as (

    select {{ reste.colonnes | join(', ') }}
    from (
        select
            {{ reste.colonnes | join(', ') }},
            nb_dossiers
        from {{ modele('references') }}
        where compteur = '{{ reste.reference }}'
        union all
        select
            {{ reste.colonnes | join(', ') }},
            -len(cellules.numeros) as nb_dossiers
        from (
            select
                cohorte,
                {{ reste.colonnes | join(', ') }},
                unnest(cellules) as cellule
            from gardes_{{ niveau }}
        ) as gardes
        inner join (select numero, numeros from {{ modele('cellules') }}) as cellules on gardes.cellule = cellules.numero
        where {{ compteur('cohorte') }} in ('{{ reste.compteurs | join("', '") }}')
        {%- if lignes %}
        union all
        select
            {{ reste.colonnes | join(', ') }},
            -nb_dossiers
        from {{ lignes }}
        where {{ compteur('cohorte') }} in ('{{ reste.compteurs | join("', '") }}')
        {%- endif %}
    )
    where {{ reste.colonnes | join(" <> 'REGROUPE' and ") }} <> 'REGROUPE'
    group by all
    having sum(nb_dossiers) between 1 and {{ reglages().seuil - 1 }}

),
{%- endfor %}

rendues_{{ niveau }} as (

    select
        * replace (
            est_sur
            {%- for reste in restes %}
            and not (
                {{ compteur('cohorte') }} = '{{ reste.compteurs[0] }}'
                and concat_ws(' ', {{ reste.colonnes | join(', ') }}) in (
                    select concat_ws(' ', {{ reste.colonnes | join(', ') }}) from proches_{{ niveau }}_{{ loop.index }}
                )
            )
            {%- endfor %} as est_sur
        )
    from (
        select * from gardes_{{ niveau }}
        union all by name
        select
            {% for colonne in communes if colonne not in dimensions or colonne in dites -%}
            {{ colonne }},
            {% endfor -%}
            {{ niveau }} as niveau_diffusion
        from niveau_{{ niveau }}
        where not est_sur
    )

),
{%- endmacro %}

{#-
  How many persons are in what is not a row so far, by what the next level keeps, where this unites some. Cells of
  counters are millions of one or two: lists of their persons do not fit, and a group may step back once it is large.
-#}
{% macro personnes_des_reprises(rendues, repetes, cle) -%}
select
        {{ cle }},
        count(*) as personnes
    from (
        select distinct
            {{ cle }},
            unnest(titulaires) as titulaire
        from (
            select
                {{ cle }},
                unnest(cellules) as numero
            from {{ rendues }}
            semi join {{ repetes }} using ({{ cle }})
            where not est_sur
        )
        inner join (select numero, titulaires from {{ modele('cellules') }}) using (numero)
    )
    group by {{ cle }}
{%- endmacro %}

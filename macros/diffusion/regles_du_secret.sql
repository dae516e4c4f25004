{#- What makes a group safe to publish: the rules, and the conditions that they make. -#}

{#- Those of a dataset, as `dbt_project.yml` states them. -#}
{% macro regles_du_secret() -%}
    {%- do return({
        'seuil': reglages().seuil,
        'part': var('secret').part_dominante,
        'largeur': var('secret').largeur_minimale,
        'plafond': '(select montant from ' ~ ref('int_titulaires__plafond') ~ ')',
    }) -%}
{%- endmacro %}

{#- Enough persons, none of whom makes most of the amount. One person has at most one dossier more
    than there are dossiers too many, the dearest ones, and no more euros than anybody has in all. -#}
{% macro _assez(regles) -%}
    nb_titulaires >= {{ regles.seuil }}
        and (
            montant_engage = 0
            or {{ part_maximale(regles) }} < cast(montant_engage as double) * {{ regles.part }}
        )
{%- endmacro %}

{#- Bound of what one person engages in a group. -#}
{% macro part_maximale(regles) -%}
    least(
        {{ regles.plafond }},
        list_sum(montants_hauts[1:1 + nb_dossiers - nb_titulaires])
        + montants_hauts[-1] * greatest(0, 1 + nb_dossiers - nb_titulaires - len(montants_hauts))
    )
{%- endmacro %}

{#- What an attacker who knows the rules may say of a group that is not shown: below the threshold,
    or else at most what its units may have. -#}
{% macro _borne(regles, sinon) -%}
    if(nb_titulaires < {{ regles.seuil }}, {{ regles.seuil - 1 }}, {{ sinon }})
{%- endmacro %}

{#- Over grouped units: two or more, and their sum leaves each of them an interval wide enough, were
    all the others as large as their bounds. -#}
{% macro _intervalle_large(regles) -%}
    count(*) >= 2 and sum(nb_titulaires) <= sum(borne) - {{ _largeur(regles) }}
{%- endmacro %}

{#- The same once the `rang` smallest siblings, `cumul` persons in all, have joined units of `somme`
    persons: a sibling has at least the threshold, and at most what the next one (`suivant`) has. -#}
{% macro intervalle_absorbant(somme, bornes, regles) -%}
    least({{ regles.seuil - 1 }}, {{ somme }} + cumul - rang * {{ regles.seuil }})
        - greatest(
            0,
            coalesce({{ somme }} + cumul - ({{ bornes }} - {{ regles.seuil - 1 }}) - rang * suivant, 0)
        ) >= {{ _largeur(regles) }}
{%- endmacro %}

{#- Below the threshold there may not be room for the width asked. -#}
{% macro _largeur(regles) -%}
    {{ [regles.largeur, regles.seuil - 1] | min }}
{%- endmacro %}

{#- Financers of which `ecart`, dossiers that another dataset counts besides, has too few contributors:
    were both totals told, their difference would tell of them. With the smallest other, so that the
    difference of what is left to all of them has enough. -#}
{% macro financeurs_rares(ecart, regles) -%}
    with

    ecarts as (

        select
            financeur,
            count(distinct titulaire) as contributeurs
        from (
            unpivot (
                select titulaire, {{ tous_les_montants() | join(', ') }} from {{ ecart }}
            ) on {{ tous_les_montants() | join(', ') }} into name financeur value montant
        )
        where montant <> 0
        group by financeur

    )

    select financeur
    from ecarts
    where
        contributeurs < {{ regles.seuil }}
        or financeur = (
            select min_by(financeur, (contributeurs, financeur)) from ecarts
            where
                contributeurs >= {{ regles.seuil }}
                and (select min(contributeurs) from ecarts) < {{ regles.seuil }}
        )
{%- endmacro %}

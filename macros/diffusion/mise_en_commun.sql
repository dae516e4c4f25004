{#-
  CTEs `communs_<etape>` and `dits_<etape>`: of the amounts `montants_<etape>` by financer and `cles`,
  those that stay in common and those that may be told (`rares`: of those financers, nothing).
-#}
{% macro mise_en_commun(etape, cles, regles, rares=none) -%}
{%- set groupe = cles | join(', ') -%}
juges_{{ etape }} as (

    select
        *,
        contributeurs >= {{ regles.seuil }} and maximum < {{ regles.part }} * montant::double
        {#- Of one row alone, telling it again would give back what the row puts in common with it. #}
        {%- if etape %} and nb_lignes >= 2{% endif %}
        {%- if rares %} and financeur not in (select rares.financeur from rares){% endif %} as est_dicible
    from montants_{{ etape }}

),

-- From the amounts that may not be told to the largest that may.
ranges_{{ etape }} as (

    select
        *,
        bool_or(not est_dicible) over groupe as a_du_secret,
        count_if(est_dicible) over croissant as nb_dicibles,
        sum(montant) over croissant as cumul,
        sum(maximum) over croissant as cumul_maximum,
        row_number() over croissant as rang
    from juges_{{ etape }}
    window
        groupe as ({{ 'partition by ' ~ groupe if cles }}),
        croissant as ({{ 'partition by ' ~ groupe if cles }} order by est_dicible, montant, financeur rows unbounded preceding)

),

-- In common: up to the first rank that hides them all; everything where none does.
partages_{{ etape }} as (

    select
        * exclude (est_dicible, nb_dicibles, cumul, cumul_maximum),
        a_du_secret and rang <= coalesce(
            min(if(nb_dicibles > 0 and cumul_maximum < {{ regles.part }} * cumul::double, rang, null)) over groupe,
            rang
        ) as est_commun
    from ranges_{{ etape }}
    window groupe as ({{ 'partition by ' ~ groupe if cles }})

),

communs_{{ etape }} as (

    select * exclude (a_du_secret, rang, est_commun) from partages_{{ etape }}
    where est_commun

),

dits_{{ etape }} as (

    select * exclude (a_du_secret, rang, est_commun) from partages_{{ etape }}
    where not est_commun

),
{%- endmacro %}

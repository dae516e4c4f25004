{#-
  The cells of the totals whose content this version may change: those of years that hold a cohort
  published anew, and all those of a new table. Of each, what it counts, and how much of that no row tells,
  but for what was already so in the version before (`dossiers_non_dits`). Where these are so many that
  nobody can be alone in them, `est_evidente`: only the others are looked at person by person.
-#}
{% macro totaux_cellules() -%}
{%- set anterieurs = registre('totaux') -%}
{%- set seuil = reglages().seuil -%}
{%- set part = var('secret').part_dominante -%}
with

-- What a person may have at most in a cell: all cells are within a year.
repetition as (

    select coalesce(max(nb_dossiers), 1) as au_plus
    from {{ modele('totaux_repetees') }}

),

annees as (

    select distinct date_trunc('year', cohorte) as annee
    from {{ modele('editions') }}

),
{%- for tableau in tableaux() %}
{%- set cle = ['debut'] + tableau.dimensions %}
{%- set est_nouvelle = "(not exists (from " ~ anterieurs ~ " where tableau = '" ~ tableau.nom ~ "'))" if anterieurs else 'true' %}

{{ tableau.nom }}_parts as (

    select
        *,
        {{ debut_de_periode(tableau.grain) }} as debut,
        {{ est_dans_le_reste(tableau) }} as est_reste,
        {{ est_dans_le_reste(tableau, 'duree_est_dite') }} as est_reste_heures,
        {{ est_dans_le_reste(tableau, 'montant_est_dit') }} as est_reste_montant_engage,
        {{ 'signe = 1' if tableau.est_ferme or not anterieurs else 'if(' ~ est_nouvelle ~ ', signe = 1, est_nouveau)' }} as est_en_jeu
    from {{ modele('totaux_cubes') }}
    where
        famille = '{{ tableau.famille }}'
        and ({{ est_nouvelle }} or date_trunc('year', cohorte) in (select annee from annees))
        {%- if tableau.est_ferme %}
        and {{ debut_de_periode(tableau.grain) }} + interval {{ duree_de_periode(tableau.grain) + var('secret').mois_avant_definitif }} month <= {{ jour_de_la_livraison() }} + 1
        {%- endif %}

),

{{ tableau.nom }}_repetitions as (

    select
        {{ cle | join(', ') }},
        sum(nombre - 1) as nb_repetitions
    from (
        select
            {{ debut_de_periode(tableau.grain) }} as debut,
            {% for colonne in tableau.dimensions -%}
            {{ colonne }},
            {% endfor -%}
            count(*) as nombre
        from {{ modele('totaux_repetees') }}
        group by {{ cle | join(', ') }}, titulaire
        having count(*) > 1
    )
    group by {{ cle | join(', ') }}

),

{{ tableau.nom }}_comptes as (

    select
        {{ cle | join(', ') }},
        coalesce(sum(nb_dossiers) filter (where signe = 1 and sens = 1), 0) as nb_dossiers,
        sum(nb_dossiers_avec_duree) filter (where signe = 1 and sens = 1) as nb_dossiers_avec_duree,
        sum(heures) filter (where signe = 1 and sens = 1) as heures,
        sum(montant_engage) filter (where signe = 1 and sens = 1) as montant_engage,
        coalesce(sum(nb_dossiers) filter (where est_en_jeu and est_reste), 0) as dossiers_non_dits,
        {%- for chiffre in ['heures', 'montant_engage'] %}
        coalesce(sum(contributions_{{ chiffre }}) filter (where est_en_jeu and est_reste_{{ chiffre }}), 0) as contributions_{{ chiffre }},
        coalesce(max(maximum_{{ chiffre }}) filter (where est_en_jeu and est_reste_{{ chiffre }}), 0) as maximum_{{ chiffre }},
        coalesce(sum({{ chiffre }}) filter (where est_en_jeu and est_reste_{{ chiffre }}), 0) as {{ chiffre }}_non_dits,
        {%- endfor %}
        bool_or(est_en_jeu and signe * sens = -1 and (est_reste or est_reste_heures or est_reste_montant_engage)) as a_des_retraits
    from {{ tableau.nom }}_parts
    group by {{ cle | join(', ') }}

),
{%- endfor %}

cellules as (

    select {% for colonne in dimensions_des_totaux() %}null::varchar as {{ colonne }}{{ ', ' if not loop.last }}{% endfor %}
    where false
    {%- for tableau in tableaux() %}
    union all by name
    select
        '{{ tableau.nom }}' as tableau,
        '{{ tableau.grain }}' as grain,
        *
    from {{ tableau.nom }}_comptes
    left join {{ tableau.nom }}_repetitions using ({{ (['debut'] + tableau.dimensions) | join(', ') }})
    {%- endfor %}

)

select
    tableau,
    grain,
    debut,
    {% for colonne in dimensions_des_totaux() -%}
    {{ colonne }},
    {% endfor -%}
    nb_dossiers,
    nb_dossiers - coalesce(nb_repetitions, 0) as nb_titulaires,
    nb_dossiers_avec_duree,
    heures,
    montant_engage,
    greatest(dossiers_non_dits, contributions_heures, contributions_montant_engage) // au_plus as nb_exposes,
    not a_des_retraits
    and (dossiers_non_dits = 0 or dossiers_non_dits >= {{ seuil }} * au_plus)
    {%- for chiffre in ['heures', 'montant_engage'] %}
    and (
        contributions_{{ chiffre }} = 0
        or (contributions_{{ chiffre }} >= {{ seuil }} * au_plus and maximum_{{ chiffre }} * au_plus < {{ part }} * {{ chiffre }}_non_dits)
    )
    {%- endfor %} as est_evidente,
    cast(row_number() over () as integer) as num_cellule
from cellules
cross join repetition
{%- endmacro %}

{#- A figure of a dossier that no row tells of a cell, or that a row tells of a dossier that is not there. -#}
{% macro est_dans_le_reste(tableau, condition=none) -%}
    (coalesce(niveau <= {{ tableau.niveau }}{{ ' and ' ~ condition if condition }}, false) <> (sens = 1))
{%- endmacro %}

{#- The dossiers of persons who have several in a year, and how many. -#}
{% macro totaux_repetees() -%}
with

personnes as (

    select
        titulaire,
        date_trunc('year', cohorte) as annee,
        count(*) as nb_dossiers
    from {{ modele('comptes') }}
    where sens = 1
    group by titulaire, annee
    having count(*) > 1

)

select
    comptes.titulaire,
    comptes.cohorte,
    {% for colonne in dimensions_des_totaux() -%}
    comptes.{{ colonne }},
    {% endfor -%}
    personnes.nb_dossiers
from {{ modele('comptes') }} as comptes
inner join personnes
    on comptes.titulaire = personnes.titulaire and date_trunc('year', comptes.cohorte) = personnes.annee
where comptes.sens = 1
{%- endmacro %}

{#- Of cells that are not evident: how many persons telling them would expose, and whether too few. -#}
{% macro totaux_exposes() -%}
{%- set anterieurs = registre('totaux') -%}
with

mouvements as (

    {{ mouvements_des_comptes() }}

),
{%- for tableau in tableaux() %}
{%- set est_nouvelle = "(not exists (from " ~ anterieurs ~ " where tableau = '" ~ tableau.nom ~ "'))" if anterieurs else 'true' %}

{{ tableau.nom }}_personnes as (

    select
        cellules.num_cellule,
        titulaire,
        sum(if({{ est_dans_le_reste(tableau) }}, signe * sens, 0)) as dossiers,
        coalesce(sum(if({{ est_dans_le_reste(tableau, 'duree_est_dite') }}, signe * sens * mouvements.heures, 0)), 0) as heures,
        sum(if({{ est_dans_le_reste(tableau, 'montant_est_dit') }}, signe * sens * mouvements.montant_engage, 0)) as montant_engage
    from mouvements
    inner join {{ modele('totaux_cellules') }} as cellules
        on
            {{ debut_de_periode(tableau.grain) }} = cellules.debut
            {%- for colonne in tableau.dimensions %}
            and mouvements.{{ colonne }} = cellules.{{ colonne }}
            {%- endfor %}
    where
        cellules.tableau = '{{ tableau.nom }}'
        and not cellules.est_evidente
        and {{ 'signe = 1' if tableau.est_ferme or not anterieurs else 'if(' ~ est_nouvelle ~ ', signe = 1, est_nouveau)' }}
        and (
            {{ est_dans_le_reste(tableau) }}
            or {{ est_dans_le_reste(tableau, 'duree_est_dite') }}
            or {{ est_dans_le_reste(tableau, 'montant_est_dit') }}
        )
    group by num_cellule, titulaire

),
{%- endfor %}

personnes as (

    {%- for tableau in tableaux() %}
    select * from {{ tableau.nom }}_personnes
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

exposes as (

    select
        num_cellule,
        count_if(dossiers <> 0) as nb_changes,
        count_if(dossiers <> 0 or heures <> 0 or montant_engage <> 0) as nb_exposes,
        {%- for chiffre in ['heures', 'montant_engage'] %}
        count_if({{ chiffre }} <> 0) as contributeurs_{{ chiffre }},
        max(abs({{ chiffre }})) as maximum_{{ chiffre }},
        sum(abs({{ chiffre }})) as {{ chiffre }}{{ ',' if not loop.last }}
        {%- endfor %}
    from personnes
    group by num_cellule

)

select
    num_cellule,
    nb_exposes,
    nb_changes between 1 and {{ reglages().seuil - 1 }}
    {%- for chiffre in ['heures', 'montant_engage'] %}
    or (contributeurs_{{ chiffre }} > 0 and not {{ assez(chiffre) }})
    {%- endfor %} as est_primaire
from exposes
{%- endmacro %}

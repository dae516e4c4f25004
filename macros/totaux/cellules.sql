{#-
  The cells of the totals that this version tells (`se_dit`), and those of shorter periods within. Of each, what it
  counts, what the version before told of it, and how much of it no row tells (`dossiers_non_dits`). Where these
  are so many that nobody can be alone in them, and none of them is new to what was told, `est_evidente`: only the
  others are looked at person by person.
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

{%- for tableau in tableaux() %}
{%- set cle = ['debut'] + tableau.dimensions %}

{{ tableau.nom }}_parts as (

    select
        cubes.*,
        periodes.debut,
        periodes.se_dit,
        {{ est_dans_le_reste(tableau) }} as est_reste,
        {{ est_dans_le_reste(tableau, 'duree_est_dite') }} as est_reste_heures,
        {{ est_dans_le_reste(tableau, 'montant_est_dit') }} as est_reste_montant_engage,
        signe = 1 as est_en_jeu
    from {{ modele('totaux_cubes') }} as cubes
    inner join {{ periodes_en_vue(tableau) }} on {{ debut_de_periode(tableau.grain) }} = periodes.debut
    where
        famille = '{{ tableau.famille }}'
        {%- if tableau.est_ferme %}
        and {{ est_definitive(tableau.grain) }}
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
        any_value(se_dit) as se_dit,
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
        bool_or(
            (sens = -1 or est_nouveau) and (est_reste or est_reste_heures or est_reste_montant_engage)
        ) as a_bouge
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
    cellules.tableau,
    cellules.grain,
    cellules.debut,
    {% for colonne in dimensions_des_totaux() -%}
    cellules.{{ colonne }},
    {% endfor -%}
    cellules.se_dit,
    cellules.nb_dossiers,
    cellules.nb_dossiers - coalesce(cellules.nb_repetitions, 0) as nb_titulaires,
    cellules.nb_dossiers_avec_duree,
    cellules.heures,
    cellules.montant_engage,
    {%- if anterieurs %}
    anterieurs.tableau is not null as etait_la,
    coalesce(anterieurs.est_a_jour, false) as etait_a_jour,
    anterieurs.fut_a_jour,
    {%- for mesure in mesures_des_totaux() %}
    anterieurs.{{ mesure }} as {{ mesure }}_avant,
    {%- endfor %}
    anterieurs.valeur_du as valeur_du_avant,
    {%- else %}
    false as etait_la,
    false as etait_a_jour,
    null::boolean as fut_a_jour,
    {%- for mesure, type in mesures_des_totaux().items() %}
    null::{{ type }} as {{ mesure }}_avant,
    {%- endfor %}
    null::date as valeur_du_avant,
    {%- endif %}
    cast(dossiers_non_dits as bigint) as nb_dossiers_non_dits,
    dossiers_non_dits // au_plus as nb_exposes_dossiers,
    contributions_heures // au_plus as nb_exposes_heures,
    contributions_montant_engage // au_plus as nb_exposes_montant,
    not a_bouge
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
{%- if anterieurs %}
left join {{ anterieurs }} as anterieurs
    on {{ est_la_cellule('cellules', 'anterieurs') }}
{%- endif %}
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

{#-
  Of cells that are not evident: how many persons telling them would expose, and whether too few. Of all that
  rows do not tell (`_en_tout`), and of what changes of that since it was told before (`_depuis`).
-#}
{% macro totaux_exposes() -%}
    {{ exposes_des_comptes('comptes', {'en_tout': 'signe = 1', 'depuis': 'est_nouveau'}) }}
{%- endmacro %}

{#- The changes alone, once some rows are silent of their amounts or hours: what changed in these is not told by them. -#}
{% macro totaux_changements() -%}
    {%- set changees = 'cellules.num_cellule in (select num_cellule from ' ~ modele('totaux_exposes') ~ ' where nb_depuis > 0)' -%}
    {{ exposes_des_comptes('comptes_dits', {'depuis': 'est_nouveau'}, changees) }}
{%- endmacro %}

{% macro exposes_des_comptes(comptes, suites, condition='true') -%}
with

mouvements as (

    {{ mouvements_des_comptes(comptes) }}

),
{%- for tableau in tableaux() %}

{{ tableau.nom }}_personnes as (

    select
        cellules.num_cellule,
        titulaire,
        {%- for nom, condition in suites.items() %}
        {%- set dits = ('duree_est_redite', 'montant_est_redit') if nom == 'depuis' else ('duree_est_dite', 'montant_est_dit') %}
        sum(if({{ condition }} and {{ est_dans_le_reste(tableau) }}, signe * sens, 0)) as dossiers_{{ nom }},
        coalesce(sum(if({{ condition }} and {{ est_dans_le_reste(tableau, dits[0]) }}, signe * sens * mouvements.heures, 0)), 0) as heures_{{ nom }},
        sum(if({{ condition }} and {{ est_dans_le_reste(tableau, dits[1]) }}, signe * sens * mouvements.montant_engage, 0)) as montant_{{ nom }}{{ ',' if not loop.last }}
        {%- endfor %}
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
        and {{ condition }}
        and (
            est_nouveau
            or {{ est_dans_le_reste(tableau) }}
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

)

select
    num_cellule,
    {%- for nom in suites %}
    count_if(dossiers_{{ nom }} <> 0 or heures_{{ nom }} <> 0 or montant_{{ nom }} <> 0) as nb_{{ nom }},
    {%- for chiffre in ['dossiers', 'heures', 'montant'] %}
    count_if({{ chiffre }}_{{ nom }} <> 0) as nb_{{ chiffre }}_{{ nom }},
    {%- endfor %}
    count_if(dossiers_{{ nom }} <> 0) between 1 and {{ reglages().seuil - 1 }} as est_trop_peu_{{ nom }},
    {%- for chiffre in ['heures', 'montant'] %}
    {{ trop_peu(chiffre ~ '_' ~ nom) }} as {{ chiffre }}_trop_peu_{{ nom }},
    sum(abs({{ chiffre }}_{{ nom }})) as {{ chiffre }}_{{ nom }}{{ ',' if not loop.last }}
    {%- endfor %}{{ ',' if not loop.last }}
    {%- endfor %}
from personnes
group by num_cellule
{%- endmacro %}

{#- Some have a part of it, and these are too few, or one of them makes most of it. -#}
{% macro trop_peu(chiffre) -%}
    (
        count_if({{ chiffre }} <> 0) > 0
        and (
            count_if({{ chiffre }} <> 0) < {{ reglages().seuil }}
            or max(abs({{ chiffre }})) >= {{ var('secret').part_dominante }} * sum(abs({{ chiffre }}))::double
        )
    )
{%- endmacro %}

{#-
  The totals as they are told: by cell, its figures and since when they are so (`valeur_du`), nothing of a
  secret one. A cell that may not be told anew keeps what it told; `est_a_jour` says that it tells what it
  counts in this version. One that was not up to date is told again only with enough persons.
-#}
{% macro totaux() -%}
{%- set dimensions = dimensions_des_totaux() -%}
{%- set mesures = mesures_des_totaux() -%}
{%- set anterieurs = registre('totaux') -%}
with

cellules as (

    select
        cellules.tableau,
        cellules.grain,
        cellules.debut,
        {% for colonne in dimensions -%}
        cellules.{{ colonne }},
        {% endfor -%}
        cellules.nb_dossiers,
        cellules.nb_titulaires,
        cellules.montant_engage / cellules.nb_dossiers as prix_moyen,
        cellules.heures / cellules.nb_dossiers_avec_duree as duree_moyenne,
        cellules.montant_engage,
        cellules.nb_exposes > 0 as est_exposee,
        secrets.num_cellule is not null as est_secrete
    from {{ modele('totaux_cellules') }} as cellules
    left join {{ modele('totaux_secrets') }} as secrets on cellules.num_cellule = secrets.num_cellule

),

jugees as (

    select
        cellules.*,
        {%- if anterieurs %}
        not est_secrete and (anterieurs.tableau is null or anterieurs.est_a_jour or est_exposee) as est_dite,
        {%- for mesure in mesures %}
        anterieurs.{{ mesure }} as {{ mesure }}_avant,
        {%- endfor %}
        anterieurs.valeur_du as valeur_du_avant
        {%- else %}
        not est_secrete as est_dite,
        {%- for mesure in mesures %}
        null as {{ mesure }}_avant,
        {%- endfor %}
        null as valeur_du_avant
        {%- endif %}
    from cellules
    {%- if anterieurs %}
    left join {{ anterieurs }} as anterieurs
        on
            cellules.tableau = anterieurs.tableau
            and cellules.debut = anterieurs.debut
            {%- for colonne in dimensions %}
            and cellules.{{ colonne }} is not distinct from anterieurs.{{ colonne }}
            {%- endfor %}
    {%- endif %}

),

totaux as (

    select
        tableau,
        grain,
        debut,
        {% for colonne in dimensions -%}
        {{ colonne }},
        {% endfor -%}
        {% for mesure, type in mesures.items() -%}
        cast(if(est_dite, {{ mesure }}, {{ mesure }}_avant) as {{ type }}) as {{ mesure }},
        {% endfor -%}
        -- Nothing tells a total that did not change from one that may not say how.
        cast(
            if(
                est_dite and (
                    {%- for mesure, type in mesures.items() %}
                    cast({{ mesure }} as {{ type }}) is distinct from {{ mesure }}_avant{{ ' or' if not loop.last }}
                    {%- endfor %}
                ),
                {{ jour_de_la_livraison() }},
                valeur_du_avant
            )
            as date
        ) as valeur_du,
        est_dite as est_a_jour
    from jugees
    where not (est_dite and nb_dossiers = 0)
    {%- if anterieurs %}
    union all by name
    select anterieurs.* from {{ anterieurs }} as anterieurs
    anti join (select distinct tableau, date_trunc('year', debut) as annee from cellules) as annees
        on anterieurs.tableau = annees.tableau and date_trunc('year', anterieurs.debut) = annees.annee
    where anterieurs.tableau in ('{{ tableaux() | map(attribute='nom') | join("', '") }}')
    {%- endif %}

)

select * from totaux
{%- endmacro %}

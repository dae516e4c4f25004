{#-
  The totals as they are told: by cell, its figures and since when they are so (`valeur_du`), nothing of a
  secret one. A cell that may not be told anew keeps what it told; `est_a_jour` says that it tells what it
  counts in this version.
-#}
{% macro totaux() -%}
{%- set dimensions = dimensions_des_totaux() -%}
{%- set mesures = mesures_des_totaux() -%}
with

jugees as (

    select
        cellules.*,
        montant_engage / nb_dossiers as prix_moyen,
        heures / nb_dossiers_avec_duree as duree_moyenne,
        secrets.num_cellule is null as est_dite
    from {{ modele('totaux_cellules') }} as cellules
    left join {{ modele('totaux_secrets') }} as secrets on cellules.num_cellule = secrets.num_cellule

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

)

select * from totaux
{%- endmacro %}

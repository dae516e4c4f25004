with

catalogue as (

    select * from {{ ref('stg_portail__catalogue') }}

),

-- Rows of several dates are one publication: its date is the extract's, the newest of them. What an
-- older export lacks and can be told is told. A mask may be longer than what it hides.
offre as (

    select
        * replace (
            date_extraction as date_chargement,
            coalesce(code_certifinfo, '-1') as code_certifinfo,
            coalesce(coderegion_export, code_region) as coderegion_export,
            coalesce(nbaction_nbheures, nb_action * nombre_heures_total_mean) as nbaction_nbheures,
            {%- for colonne in ['objectif_formation', 'contenu_formation', 'resultats_attendus_formation'] %}
            {{ couper(colonne, 3000) }} as {{ colonne }},
            {%- endfor %}
            {{ couper('points_forts', 255) }} as points_forts,
            {{ couper('intitule_formation', 255) }} as intitule_formation
        ),
        date_chargement as date_chargement_livree

    from catalogue

)

select * from offre

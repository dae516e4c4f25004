with

catalogue as (

    select * from {{ ref('stg_portail__catalogue') }}

),

departements as (

    select * from {{ ref('departements') }}

),

regions as (

    select * from {{ ref('regions') }}

),

-- Rows of several dates are one publication: its date is the extract's, the newest of them. What is
-- drawn from other columns is drawn again: the code gives the name. A mask may be longer than what it
-- hides.
offre as (

    select
        catalogue.* replace (
            catalogue.date_extraction as date_chargement,
            coalesce(catalogue.code_certifinfo, '-1') as code_certifinfo,
            departements.nom as nom_departement,
            regions.nom as nom_region,
            catalogue.code_region as coderegion_export,
            catalogue.nb_action * catalogue.nombre_heures_total_mean as nbaction_nbheures,
            {%- for colonne in ['objectif_formation', 'contenu_formation', 'resultats_attendus_formation'] %}
            {{ couper('catalogue.' ~ colonne, 3000) }} as {{ colonne }},
            {%- endfor %}
            {{ couper('catalogue.points_forts', 255) }} as points_forts,
            {{ couper('catalogue.intitule_formation', 255) }} as intitule_formation
        ),
        catalogue.date_chargement as date_chargement_livree

    from catalogue
    left join departements on catalogue.code_departement = departements.code
    left join regions on catalogue.code_region = regions.code

)

select * from offre

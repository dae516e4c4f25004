with

catalogue as (

    select * from {{ ref('stg_portail__catalogue') }}

),

-- Rows of several dates are one publication: its date is the extract's, the newest of them. What an
-- older export lacks and can be told is told.
offre as (

    select
        * replace (
            date_extraction as date_chargement,
            coalesce(code_certifinfo, '-1') as code_certifinfo,
            coalesce(coderegion_export, code_region) as coderegion_export,
            coalesce(nbaction_nbheures, nb_action * nombre_heures_total_mean) as nbaction_nbheures
        ),
        date_chargement as date_chargement_livree

    from catalogue

)

select * from offre

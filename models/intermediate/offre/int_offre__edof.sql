with

localisee as (

    select * from {{ ref('int_offre__localisee') }}

),

formations as (

    select * from {{ ref('stg_edof__formations') }}

),

certifications as (

    select * from {{ ref('int_offre__certifications') }}

),

noms as (

    select * from {{ ref('int_offre__noms') }}

),

departements as (

    select * from {{ ref('departements') }}

),

regions as (

    select * from {{ ref('regions') }}

),

offre as (

    select
        -- key and measures
        localisee.*,
        localisee.nb_action * localisee.nombre_heures_total_mean as nbaction_nbheures,
        localisee.code_region as coderegion_export,

        -- certification
        certifications.*,

        -- origin
        formations.date_chargement,
        formations.siret_of,

        -- texts
        {%- for colonne in ['objectif_formation', 'contenu_formation', 'resultats_attendus_formation'] %}
        {{ couper('formations.' ~ colonne, 3000) }} as {{ colonne }},
        {%- endfor %}
        {{ couper('formations.points_forts', 255) }} as points_forts,
        {{ couper('formations.intitule_formation', 255) }} as intitule_formation,
        noms.nom_of,
        departements.nom as nom_departement,
        regions.nom as nom_region

    from localisee
    inner join formations on localisee.numero_formation = formations.numero_formation
    inner join certifications on formations.code_certification = certifications.code_certification
    left join noms on formations.siret_of = noms.siret_of
    left join departements on localisee.code_departement = departements.code
    left join regions on localisee.code_region = regions.code

)

select * from offre

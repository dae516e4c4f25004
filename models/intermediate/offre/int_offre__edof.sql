with

localisee as (

    select * from {{ ref('int_offre__localisee') }}

),

formations as (

    select * from {{ ref('stg_edof__formations') }}

),

certifications as (

    select * from {{ ref('int_certifications__enrichies') }}

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

-- A certification that the register does not know keeps its codes, without title or domain.
offre as (

    select
        -- keys and measures
        localisee.*,
        localisee.nb_action * localisee.nombre_heures_total_mean as nbaction_nbheures,
        localisee.code_region as coderegion_export,
        formations.date_chargement,
        formations.siret_of,

        -- certification
        {{ type_referentiel('formations.code_certification') }} as type_referentiel,
        {{ numero_fiche('formations.code_certification', 'RS') }} as code_rs,
        {{ numero_fiche('formations.code_certification', 'RNCP') }} as code_rncp,
        coalesce(certifications.code_certifinfo, '-1') as code_certifinfo,
        certifications.intitule_certification,
        certifications.libelle_niveau_sortie_formation,
        certifications.libelle_code_formacode_principal,
        {%- for rang in range(1, 6) %}
        certifications.code_formacode_{{ rang }},
        certifications.code_rome_{{ rang }},
        {%- endfor %}
        {%- for rang in range(1, 4) %}
        certifications.code_nsf_{{ rang }},
        certifications.libelle_nsf_{{ rang }},
        {%- endfor %}

        -- texts
        noms.nom_of,
        departements.nom as nom_departement,
        regions.nom as nom_region,
        formations.intitule_formation,
        {{ couper('formations.points_forts', 255) }} as points_forts,
        {%- for colonne in ['objectif_formation', 'contenu_formation', 'resultats_attendus_formation'] %}
        {{ couper('formations.' ~ colonne, 3000) }} as {{ colonne }}{{ ',' if not loop.last }}
        {%- endfor %}

    from localisee
    inner join formations on localisee.numero_formation = formations.numero_formation
    left join certifications on formations.code_certification = certifications.code_certification
    left join noms on formations.siret_of = noms.siret_of
    left join departements on localisee.code_departement = departements.code
    left join regions on localisee.code_region = regions.code

)

select * from offre

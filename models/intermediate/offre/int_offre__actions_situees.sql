with

formations as (

    select * from {{ ref('stg_edof__formations') }}

),

actions as (

    select * from {{ ref('stg_edof__actions') }}

),

sessions as (

    select * from {{ ref('stg_edof__sessions') }}

),

departements as (

    select * from {{ ref('departements') }}

),

-- An action delivered twice under one number counts once: its newest version.
distinctes as (

    select * from actions
    qualify row_number() over (
        partition by num_formation, numero_action order by date_maj desc nulls last, rang_action desc
    ) = 1

),

ouvertes as (

    select
        num_formation,
        rang_action,
        count(distinct numero_session) as nb_session_ouverte

    from sessions
    where est_ouverte
    group by num_formation, rang_action

),

situees as (

    select
        -- keys
        formations.numero_formation,
        distinctes.numero_action,
        formations.code_certification,
        formations.type_certification,

        -- place
        distinctes.code_modalite_enseignement = '2' as est_a_distance,
        case when not est_a_distance then departements.code end as code_departement,
        case when not est_a_distance then departements.code_region end as code_region,

        -- measures
        coalesce(distinctes.heures_centre_h, 0) + coalesce(distinctes.heures_entreprise_h, 0) as duree_h,
        distinctes.frais_ttc_eur,
        coalesce(ouvertes.nb_session_ouverte, 0) as nb_session_ouverte

    from distinctes
    inner join formations on distinctes.num_formation = formations.num_formation
    left join ouvertes
        on
            distinctes.num_formation = ouvertes.num_formation
            and distinctes.rang_action = ouvertes.rang_action
    left join departements
        on {{ departement_du_code_postal('distinctes.code_postal') }} = departements.code

)

select * from situees

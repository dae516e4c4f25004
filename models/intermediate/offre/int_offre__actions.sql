with

situees as (

    select * from {{ ref('int_offre__actions_situees') }}

),

-- The perimeter: certifications that at least one body sells in an open session.
vendues as (

    select distinct code_certification from situees
    where nb_session_ouverte > 0

),

jugees as (

    select
        situees.*,
        case
            when situees.type_certification = 'CPF' then 'exception_legislative'
            when vendues.code_certification is null then 'certification_sans_session'
            when not situees.est_a_distance and situees.code_departement is null
                then 'departement_indetermine'
        end as motif_ecart

    from situees
    left join vendues on situees.code_certification = vendues.code_certification

)

select * from jugees

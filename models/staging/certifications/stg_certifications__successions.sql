with

source as (

    select * from {{ source('atterrissage', 'certifications_ancienne_nouvelle') }}

),

-- Each link is said from both ends.
renamed as (

    select distinct
        case when nouvelle_certification is null then ancienne_certification else numero_fiche end
            as code_certification,
        coalesce(nouvelle_certification, numero_fiche) as remplacee_par

    from source
    where nouvelle_certification is not null or ancienne_certification is not null

)

select * from renamed

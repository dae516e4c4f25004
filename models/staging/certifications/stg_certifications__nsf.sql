with

source as (

    select * from {{ source('atterrissage', 'certifications_nsf') }}

),

renamed as (

    select
        -- key
        numero_fiche as code_certification,
        _num as rang,

        -- texts
        -- A letter only refines the group of three digits, which is what is published.
        left(nsf_code, 3) as code_nsf,
        {{ sans_code('nsf_intitule') }} as libelle_nsf

    from source

)

select * from renamed

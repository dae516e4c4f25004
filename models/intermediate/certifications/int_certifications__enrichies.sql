with

fiches as (

    select * from {{ ref('int_certifications__fiches') }}

),

formacodes as (

    select * from {{ ref('int_certifications__formacodes') }}

),

romes as (

    select * from {{ ref('int_certifications__romes') }}

),

nsf as (

    select * from {{ ref('int_certifications__nsf') }}

),

enrichies as (

    select
        -- codes
        fiches.code_certification,
        {{ type_referentiel('fiches.code_certification') }} as type_referentiel,
        {{ numero_fiche('fiches.code_certification', 'RS') }} as code_rs,
        {{ numero_fiche('fiches.code_certification', 'RNCP') }} as code_rncp,
        '-1' as code_certifinfo,

        -- texts
        fiches.intitule_certification,
        case
            when {{ type_referentiel('fiches.code_certification') }} = 'RNCP' then fiches.libelle_niveau
        end as libelle_niveau_sortie_formation,

        -- domains
        {%- for rang in range(1, 6) %}
        formacodes.code_formacode_{{ rang }},
        romes.code_rome_{{ rang }},
        {%- endfor %}
        {%- for rang in range(1, 4) %}
        nsf.code_nsf_{{ rang }},
        nsf.libelle_nsf_{{ rang }},
        {%- endfor %}
        formacodes.libelle_formacode_1 as libelle_code_formacode_principal

    from fiches
    left join formacodes on fiches.code_certification = formacodes.code_certification
    left join romes on fiches.code_certification = romes.code_certification
    left join nsf on fiches.code_certification = nsf.code_certification

)

select * from enrichies

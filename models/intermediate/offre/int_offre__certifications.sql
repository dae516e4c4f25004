with

formations as (

    select * from {{ ref('stg_edof__formations') }}

),

enrichies as (

    select * from {{ ref('int_certifications__enrichies') }}

),

offertes as (

    select distinct code_certification from formations

),

-- A certification that the register does not know keeps its codes, without title or domain.
certifications as (

    select
        -- codes
        offertes.code_certification,
        {{ type_referentiel('offertes.code_certification') }} as type_referentiel,
        {{ numero_fiche('offertes.code_certification', 'RS') }} as code_rs,
        {{ numero_fiche('offertes.code_certification', 'RNCP') }} as code_rncp,
        coalesce(enrichies.code_certifinfo, '-1') as code_certifinfo,
        enrichies.code_certification is not null as est_au_registre,

        -- texts
        enrichies.intitule_certification,
        enrichies.libelle_niveau_sortie_formation,

        -- domains
        {%- for rang in range(1, 6) %}
        enrichies.code_formacode_{{ rang }},
        enrichies.code_rome_{{ rang }},
        {%- endfor %}
        {%- for rang in range(1, 4) %}
        enrichies.code_nsf_{{ rang }},
        enrichies.libelle_nsf_{{ rang }},
        {%- endfor %}
        enrichies.libelle_code_formacode_principal

    from offertes
    left join enrichies on offertes.code_certification = enrichies.code_certification

)

select * from certifications

-- The kept versions of the offer: trainings of a known certification, a row by place.
with

versions as (

    select * from {{ source('publies', 'versions_du_catalogue') }}

),

catalogue as (

    select
        version,
        -- Lines of an export may bear several days: a version has one, its newest.
        max(date_chargement) over (partition by version) as date_chargement,
        -- An export of the portal may lack the number.
        coalesce(numero_formation, concat_ws('_', siret_of, code_rs, code_rncp, intitule_formation))
            as formation,
        left(siret_of, 9) as siren,
        case type_referentiel when 'RS' then 'RS' || code_rs when 'RNCP' then 'RNCP' || code_rncp end
            as code_certification,
        intitule_certification,
        code_nsf_1,
        libelle_nsf_1,
        code_formacode_1,
        libelle_code_formacode_principal,
        code_region,
        code_departement,
        nb_session_active,
        nullif(frais_ttc_tot_mean, 0) as prix

    from versions
    where type_referentiel in ('RS', 'RNCP') and greatest(code_rs, code_rncp) > 0

)

select * from catalogue

-- What is offered, under each code and in each territory that it counts in: a training once in each.
with

catalogue as (

    select * from {{ ref('int_diagnostic__catalogue') }}

),

certifications as (

    select * from {{ ref('int_diagnostic__certifications') }}

),

codes as (

    select
        catalogue.version,
        catalogue.date_chargement,
        catalogue.formation,
        catalogue.siren,
        catalogue.code_region,
        catalogue.code_departement,
        catalogue.nb_session_active,
        catalogue.prix,
        {{ codes_du_diagnostic(
            'catalogue.code_certification',
            'case when certifications.est_suivie then certifications.lignee end',
            'certifications.code_formacode', 'certifications.code_nsf', 'true'
        ) }}
    from catalogue
    inner join certifications on catalogue.code_certification = certifications.code_certification

),

territoires as (

    select
        * exclude (code_region, code_departement),
        {{ territoires_du_diagnostic('code_region', 'code_departement') }} as territoire
    from codes
    where code is not null

)

select
    version,
    date_chargement,
    niveau as niveau_nomenclature,
    code,
    territoire,
    formation,
    any_value(siren) as siren,
    sum(nb_session_active) as sessions,
    avg(prix) as prix
from territoires
where territoire is not null
group by all

-- How entries are shared among training bodies, in the whole country: by the rows that name one.
with

lignes as (

    select * from {{ source('publies', 'entree_sortie_formation') }}

),

certifications as (

    select * from {{ ref('int_diagnostic__certifications') }}

),

codes as (

    select
        lignes.annee,
        lignes.siren_of_contractant as siren,
        lignes.entrees_formation as entrees,
        {{ codes_du_diagnostic(
            'certifications.code_certification', 'case when certifications.est_suivie then certifications.lignee end',
            'certifications.code_formacode', 'certifications.code_nsf', 'true'
        ) }}
    from lignes
    inner join certifications on lignes.code_certification = certifications.code_certification
    where lignes.entrees_formation > 0 and lignes.siren_of_contractant not in ('REGROUPE', 'NR')

),

organismes as (

    select
        annee,
        niveau as niveau_nomenclature,
        code,
        siren,
        sum(entrees) as entrees
    from codes
    where code is not null
    group by all

)

select
    annee,
    niveau_nomenclature,
    code,
    sum(entrees * entrees) / (sum(entrees) * sum(entrees)) as hhi_entrees
from organismes
group by all

-- Of what is bought in a territory, the part of which a training is offered there, by certification.
with

demande as (

    select * from {{ ref('int_diagnostic__demande') }}

),

offre as (

    select * from {{ ref('int_diagnostic__offre') }}

),

certifications as (

    select * from {{ ref('int_diagnostic__certifications') }}

),

par_certification as (

    select
        demande.annee,
        demande.territoire,
        demande.dossiers,
        coalesce(offre.formations, 0) > 0 as est_offerte,
        {{ codes_du_diagnostic(
            'null', 'case when certifications.est_suivie then certifications.lignee end',
            'certifications.code_formacode', 'certifications.code_nsf', 'true'
        ) }}
    from demande
    inner join certifications on demande.code = certifications.code_certification
    left join offre
        on
            demande.annee = offre.annee
            and demande.niveau_nomenclature = offre.niveau_nomenclature
            and demande.code = offre.code
            and demande.territoire = offre.territoire
    where demande.niveau_nomenclature = 'certification'

)

select
    annee,
    territoire,
    niveau as niveau_nomenclature,
    code,
    sum(dossiers) as demandes,
    sum(dossiers) filter (where est_offerte) as couverts
from par_certification
where code is not null
group by all

-- Purchases by the exact totals, where a table answers the question: none that is secret or has exceptions.
with

totaux as (

    select totaux.*
    from {{ source('publies', 'moncompteformation_formations_engagees_totaux') }} as totaux
    inner join {{ ref('int_diagnostic__annees') }} as annees
        on totaux.annee_validation = annees.annee and annees.totaux_lus

),

certifications as (

    select * from {{ ref('int_diagnostic__certifications') }}

),

exceptions as (

    select distinct code_nsf from {{ ref('cpf_codes') }}

),

cellules as (

    -- A dimension that a table does not tell is ENSEMBLE; a place that is null is remote.
    select
        totaux.annee_validation as annee,
        case
            when totaux.tableau in ('annee_certification', 'annee_certification_region')
                then 'certification'
            when totaux.tableau in ('annee_nsf', 'annee_region_nsf', 'annee_departement_nsf') then 'nsf'
            when totaux.tableau in ('annee_type', 'annee_region_type') then 'ensemble'
        end as niveau_nomenclature,
        case
            when totaux.tableau in ('annee_certification', 'annee_certification_region')
                then totaux.code_certification
            when totaux.tableau in ('annee_nsf', 'annee_region_nsf', 'annee_departement_nsf')
                then totaux.code_nsf
            else 'ENSEMBLE'
        end as code,
        case
            when totaux.tableau in ('annee_certification', 'annee_nsf', 'annee_type') then 'FR'
            when totaux.code_region_lieu_formation is null then 'DISTANCE'
            when totaux.tableau = 'annee_departement_nsf'
                then 'DEP-' || totaux.code_departement_lieu_formation
            else 'REG-' || totaux.code_region_lieu_formation
        end as territoire,
        totaux.nb_dossiers,
        totaux.montant_engage
    from totaux
    where
        (
            totaux.tableau in (
                'annee_certification', 'annee_certification_region', 'annee_type', 'annee_region_type'
            )
            and totaux.type_referentiel in ('RNCP', 'RS')
        )
        or (
            totaux.tableau in ('annee_nsf', 'annee_region_nsf', 'annee_departement_nsf')
            and totaux.code_nsf not in (select exceptions.code_nsf from exceptions)
            -- The table by région has what is remote too.
            and (totaux.tableau <> 'annee_departement_nsf' or totaux.code_region_lieu_formation is not null)
        )

),

lignees as (

    select
        cellules.annee,
        'lignee' as niveau_nomenclature,
        certifications.lignee as code,
        cellules.territoire,
        cellules.nb_dossiers,
        cellules.montant_engage
    from cellules
    inner join certifications
        on cellules.code = certifications.code_certification and certifications.est_suivie
    -- By région, small certifications are together: which of a lineage are told changes with the year.
    where cellules.niveau_nomenclature = 'certification' and cellules.territoire = 'FR'

)

select
    annee,
    niveau_nomenclature,
    code,
    territoire,
    cast(sum(nb_dossiers) as bigint) as dossiers,
    case when count(montant_engage) = count(*) then sum(montant_engage) end as montant
from (
    from cellules
    union all by name
    from lignees
) as lues
where
    code not in ('NR', 'REGROUPE')
    and not regexp_matches(territoire, '-(NR|REGROUPE|ENSEMBLE)$')
group by all
-- One that is secret may not be taken for none.
having count(nb_dossiers) = count(*)

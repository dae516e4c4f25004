-- The one domain of each certification, for what is offered and what is bought: that of the purchases first.
with recursive

achats as (

    select
        code_certification,
        mode(code_nsf) filter (where code_nsf not in ('NR', 'REGROUPE')) as code_nsf,
        mode(code_formacode_principal) filter (where code_formacode_principal not in ('NR', 'REGROUPE'))
            as code_formacode,
        max_by(intitule_certification, annee_validation) as intitule
    from {{ source('publies', 'moncompteformation_formations_engagees') }}
    where type_referentiel in ('RNCP', 'RS') and code_certification not in ('NR', 'REGROUPE')
    group by code_certification

),

offre as (

    select
        code_certification,
        mode(code_nsf_1) as code_nsf,
        mode(code_formacode_1) as code_formacode,
        max_by(intitule_certification, date_chargement) as intitule
    from {{ ref('int_diagnostic__catalogue') }}
    group by code_certification

),

registre as (

    select * from {{ ref('stg_certifications__successions') }}

),

-- The register that landed, else what is kept of one.
successions as (

    select
        code_certification,
        max(remplacee_par) as remplacee_par
    from (
        select
            code_certification,
            remplacee_par
        from registre
        union all
        select
            code_certification,
            remplacee_par
        from {{ ref('successions') }}
        where code_certification not in (select registre.code_certification from registre)
    )
    where code_certification <> remplacee_par
    group by code_certification

),

-- What each becomes in the end; a circle stops where it began.
suites as (

    select
        code_certification,
        remplacee_par,
        1 as pas
    from successions
    union all
    select
        suites.code_certification,
        successions.remplacee_par,
        suites.pas + 1 as pas
    from suites
    inner join successions on suites.remplacee_par = successions.code_certification
    where suites.pas < 20

),

fins as (

    select
        code_certification,
        max_by(remplacee_par, pas) as lignee
    from suites
    group by code_certification

),

certifications as (

    select
        coalesce(achats.code_certification, offre.code_certification) as code_certification,
        coalesce(achats.intitule, offre.intitule) as intitule,
        coalesce(achats.code_nsf, offre.code_nsf) as code_nsf,
        coalesce(achats.code_formacode, offre.code_formacode) as code_formacode,
        coalesce(fins.lignee, achats.code_certification, offre.code_certification) as lignee
    from achats
    full outer join offre on achats.code_certification = offre.code_certification
    left join fins on coalesce(achats.code_certification, offre.code_certification) = fins.code_certification

)

select
    *,
    count(*) over (partition by lignee) > 1 as est_suivie
from certifications

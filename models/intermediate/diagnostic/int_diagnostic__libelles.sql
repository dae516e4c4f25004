with

certifications as (

    select * from {{ ref('int_diagnostic__certifications') }}

),

formacodes as (

    select * from {{ ref('formacode') }}

),

domaines as (

    select * from {{ ref('nsf') }}

)

select
    'certification' as niveau_nomenclature,
    code_certification as code,
    intitule as libelle
from certifications
union all by name
-- A lineage has the title of its last certification that is known.
select
    'lignee' as niveau_nomenclature,
    lignee as code,
    max_by(intitule, (code_certification = lignee, code_certification)) as libelle
from certifications
where est_suivie
group by lignee
union all by name
select
    'formacode' as niveau_nomenclature,
    code,
    libelle
from formacodes
union all by name
select
    'nsf' as niveau_nomenclature,
    code,
    libelle
from domaines
union all by name
select
    'ensemble' as niveau_nomenclature,
    'ENSEMBLE' as code,
    'Toutes les certifications' as libelle

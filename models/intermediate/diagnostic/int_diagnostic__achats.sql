-- Purchases by the rows of the current version: months that are over, under each code, in each territory.
with

lignes as (

    select * from {{ source('publies', 'moncompteformation_formations_engagees') }}

),

certifications as (

    select * from {{ ref('int_diagnostic__certifications') }}

),

derniere as (

    select max(valeur_du) as valeur_du from lignes

),

codes as (

    select
        lignes.annee_validation as annee,
        cast(right(lignes.mois_validation, 2) as integer) as mois,
        lignes.code_region_lieu_formation as code_region,
        lignes.code_departement_lieu_formation as code_departement,
        lignes.nb_dossiers,
        lignes.montant_engage,
        {{ codes_du_diagnostic(
            "case when lignes.type_referentiel in ('RNCP', 'RS') then certifications.code_certification end",
            'case when certifications.est_suivie then certifications.lignee end',
            'certifications.code_formacode',
            "case when " ~ est_certifiante('lignes')
            ~ " and lignes.code_nsf not in ('NR', 'REGROUPE') then lignes.code_nsf end",
            est_certifiante('lignes')
        ) }}
    from lignes
    cross join derniere
    left join certifications on lignes.code_certification = certifications.code_certification
    where
        lignes.nb_dossiers > 0
        and last_day(strptime(lignes.mois_validation, '%Y-%m')) <= derniere.valeur_du

),

territoires as (

    select
        * exclude (code_region, code_departement),
        {{ territoires_du_diagnostic('code_region', 'code_departement') }} as territoire
    from codes
    where code is not null

)

select
    annee,
    mois,
    niveau as niveau_nomenclature,
    code,
    territoire,
    cast(sum(nb_dossiers) as bigint) as dossiers,
    sum(montant_engage) as montant,
    coalesce(cast(sum(nb_dossiers) filter (where montant_engage is not null) as bigint), 0)
        as dossiers_chiffres
from territoires
where territoire is not null
group by all

with

dossiers as (

    select * from {{ ref('int_dossiers__courants') }}

),

financements as (

    select * from {{ ref('int_financements__courants') }}

),

certifications as (

    select * from {{ ref('int_certifications__enrichies') }}

),

orphelins as (

    select financements.id_dossier
    from financements
    anti join dossiers on financements.id_dossier = dossiers.id_dossier

),

hors_registre as (

    select dossiers.id_dossier
    from dossiers
    anti join certifications on dossiers.code_certification = certifications.code_certification

),

comptes as (

    select
        count(*) as dossiers,
        count(*) filter (where est_entre) as dossiers_entres_en_formation,
        count(*) filter (where date_entree is not null and not est_entre) as entrees_seulement_prevues,
        count(*) filter (where not est_finance) as dossiers_sans_financement,
        count(*) filter (where a_un_financeur_inconnu) as dossiers_au_financeur_inconnu,
        count(*) filter (where est_finance and montant_engage <> prix_eur) as dossiers_dont_le_prix_differe,
        count(*) filter (where code_departement_residence = 'NR') as dossiers_sans_residence,
        count(*) filter (where code_departement_lieu = 'NR') as dossiers_sans_lieu,
        (select count(*) from orphelins) as financements_sans_dossier,
        (select count(*) from hors_registre) as dossiers_hors_registre

    from dossiers

),

bilan as (

    unpivot comptes on * into name indicateur value valeur

)

select * from bilan

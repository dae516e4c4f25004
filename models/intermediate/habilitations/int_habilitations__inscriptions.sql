with

paires as (

    select * from {{ ref('int_habilitations__paires') }}

),

partenaires as (

    select
        *,
        left(siret, 9) as siren,
        habilitation in ('HABILITATION_FORMER', 'HABILITATION_ORGA_FORM') as peut_former,
        -- What France compétences calls inactive follows its fiche, and is said by the fiche.
        coalesce(starts_with(etat, 'Supprim'), false) as est_supprime,
        {{ nom_sans_forme('nom_partenaire') }} as nom_compare
    from {{ ref('stg_certifications__partenaires') }}

),

certificateurs as (

    select
        *,
        left(siret, 9) as siren,
        {{ nom_sans_forme('nom_certificateur') }} as nom_compare
    from {{ ref('stg_certifications__certificateurs') }}

),

nommees as (

    select
        *,
        {{ nom_sans_forme('nom_of') }} as nom_compare
    from paires

),

de_l_entreprise as (

    select
        nommees.siret_of,
        nommees.code_certification,
        coalesce(bool_or(
            partenaires.siret = nommees.siret_of
            and partenaires.peut_former
            and not partenaires.est_supprime
        ), false) as est_habilite,
        -- Another establishment: what is of this one is said first.
        coalesce(bool_or(partenaires.peut_former and not partenaires.est_supprime), false)
            as est_habilite_dans_l_entreprise,
        coalesce(bool_or(
            partenaires.habilitation = 'HABILITATION_ORGANISER' and not partenaires.est_supprime
        ), false) as peut_evaluer,
        coalesce(bool_or(partenaires.siret = nommees.siret_of and not partenaires.est_supprime), false)
            as est_inscrit,
        bool_or(partenaires.est_supprime) as est_supprime,
        coalesce(
            max(partenaires.date_etat) filter (
                where partenaires.est_supprime and partenaires.siret = nommees.siret_of
            ),
            max(partenaires.date_etat) filter (where partenaires.est_supprime)
        ) as date_retrait,
        min(partenaires.siret) filter (
            where partenaires.peut_former and not partenaires.est_supprime
        ) as siret_habilite

    from nommees
    inner join partenaires
        on
            nommees.code_certification = partenaires.code_certification
            and nommees.siren = partenaires.siren
    group by nommees.siret_of, nommees.code_certification

),

de_certificateur as (

    select
        nommees.siret_of,
        nommees.code_certification,
        bool_or(certificateurs.siret = nommees.siret_of) as est_cet_etablissement

    from nommees
    inner join certificateurs
        on
            nommees.code_certification = certificateurs.code_certification
            and nommees.siren = certificateurs.siren
    group by nommees.siret_of, nommees.code_certification

),

sans_siret as (

    select
        code_certification,
        nom_compare
    from partenaires
    where siret is null and not est_supprime and nom_compare is not null

    union

    select
        code_certification,
        nom_compare
    from certificateurs
    where siret is null and nom_compare is not null

),

inscriptions as (

    select
        nommees.siret_of,
        nommees.code_certification,
        coalesce(de_l_entreprise.est_habilite, false) as est_habilite,
        coalesce(de_l_entreprise.est_habilite_dans_l_entreprise, false) as est_habilite_dans_l_entreprise,
        coalesce(de_l_entreprise.peut_evaluer, false) as peut_evaluer,
        coalesce(de_l_entreprise.est_inscrit, false) as est_inscrit,
        coalesce(de_l_entreprise.est_supprime, false) as est_supprime,
        de_l_entreprise.date_retrait,
        de_l_entreprise.siret_habilite,
        de_certificateur.siret_of is not null as est_certificateur,
        coalesce(de_certificateur.est_cet_etablissement, false) as est_etablissement_certificateur,
        sans_siret.nom_compare is not null as a_un_nom_semblable

    from nommees
    left join de_l_entreprise
        on
            nommees.siret_of = de_l_entreprise.siret_of
            and nommees.code_certification = de_l_entreprise.code_certification
    left join de_certificateur
        on
            nommees.siret_of = de_certificateur.siret_of
            and nommees.code_certification = de_certificateur.code_certification
    left join sans_siret
        on
            nommees.code_certification = sans_siret.code_certification
            and nommees.nom_compare = sans_siret.nom_compare

)

select * from inscriptions

with

derniers as (

    {{ dernieres_livraisons(ref('stg_portail__entrees_sorties'), 'portail_entrees_sorties') }}

),

exceptions as (

    select
        code,
        {{ comparable('libelle') }} as nom
    from {{ ref('cpf_codes') }}

),

reconnus as (

    select
        derniers.*,
        {{ code_publie('derniers', 'exceptions') }} as code_certification,
        -- What has no code at all is known by its title.
        case
            when derniers.code_rncp = -1 and derniers.code_rs = -1 and derniers.code_certifinfo = '-1'
                then coalesce(derniers.intitule_certification, '')
            else ''
        end as titre_pour_code,
        -- How new each label is: a certification and a body are renamed.
        max(derniers.debut) over (
            partition by
                derniers.code_rncp, derniers.code_rs, derniers.code_certifinfo,
                derniers.siret_of_contractant, derniers.intitule_certification
        ) as intitule_jusqu_a,
        max(derniers.debut) over (
            partition by derniers.siret_of_contractant, derniers.raison_sociale_of_contractant
        ) as raison_sociale_jusqu_a
    from derniers
    left join exceptions on {{ comparable('derniers.intitule_certification') }} = exceptions.nom

),

reunis as (

    select
        debut,
        max(valeur_du) as valeur_du,
        code_certification,
        code_rs,
        code_rncp,
        code_certifinfo,
        titre_pour_code,
        siret_of_contractant,
        arg_max(intitule_certification, (intitule_jusqu_a, num_ligne)) as intitule_certification,
        arg_max(raison_sociale_of_contractant, (raison_sociale_jusqu_a, num_ligne))
            as raison_sociale_of_contractant,
        cast({{ somme_dite('entrees_formation') }} as bigint) as entrees_formation,
        cast({{ somme_dite('sorties_realisation_partielle') }} as bigint) as sorties_realisation_partielle,
        cast({{ somme_dite('sorties_realisation_totale') }} as bigint) as sorties_realisation_totale
    from reconnus
    group by
        debut, code_certification, code_rs, code_rncp, code_certifinfo, titre_pour_code, siret_of_contractant

),

entrees_et_sorties as (

    select
        -- level and period
        0 as niveau_diffusion,
        'producteur' as edition,
        valeur_du,
        strftime(debut, '%Y-T') || quarter(debut) as trimestre,
        cast(year(debut) as integer) as annee,
        strftime(debut, '%Y-%m') as annee_mois,
        cast(month(debut) as integer) as mois,

        -- certification
        {{ type_referentiel('code_certification') }} as type_referentiel,
        code_certification,
        code_rs,
        code_rncp,
        code_certifinfo,
        intitule_certification,
        'NR' as code_nsf,
        'Non renseigné' as domaine_formation_nsf,

        -- training body
        left(siret_of_contractant, 9) as siren_of_contractant,
        siret_of_contractant,
        raison_sociale_of_contractant,

        -- measures: null when masked
        entrees_formation,
        sorties_realisation_partielle,
        sorties_realisation_totale

    from reunis

)

select * from entrees_et_sorties

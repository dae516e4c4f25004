with

jugees as (

    select * from {{ ref('int_habilitations__jugees') }}

),

versions as (

    select * from {{ ref('int_habilitations__versions') }}

),

libelles as (

    select * from {{ ref('signaux') }}

),

corrections as (

    select * from {{ ref('corrections_signaux') }}

),

entrees as (

    select * from {{ ref('int_habilitations__entrees') }}

),

-- The versions that follow one another up to this one, since what is said was true.
suivies as (

    select
        jugees.siret_of,
        jugees.code_certification,
        count(*) as nb_versions,
        min(versions.date_catalogue) as vu_depuis

    from jugees
    inner join versions
        on
            jugees.suite_depuis <= versions.date_catalogue
            and (
                jugees.constat_depuis is null
                or jugees.constat_depuis <= versions.date_catalogue
                or versions.rang = 1
            )
    group by jugees.siret_of, jugees.code_certification

),

signaux as (

    select
        -- key
        jugees.siret_of,
        jugees.code_certification,

        -- training body
        jugees.siren,
        jugees.nom_of,

        -- certification
        jugees.type_referentiel,
        coalesce(jugees.intitule_certification, jugees.intitule_catalogue) as intitule_certification,
        jugees.certificateurs,
        jugees.siren_certificateurs,

        -- signal
        jugees.code_signal,
        cast(if(corrections.siret_of is null, jugees.severite, 0) as integer) as severite,
        replace(
            if(
                jugees.code_signal = 'S8' and jugees.remplacee_par is not null,
                libelles.libelle || ' ; remplacée par ' || jugees.remplacee_par,
                libelles.libelle
            ),
            ' le {date}',
            coalesce(
                strftime(
                    if(jugees.code_signal = 'S8', jugees.date_fin_enregistrement, jugees.date_retrait),
                    ' le %d/%m/%Y'
                ),
                ''
            )
        ) || if(jugees.est_sans_qualiopi, ' ; Qualiopi non trouvé', '') as libelle_signal,
        jugees.motifs,

        -- exposition and persistence
        cast(jugees.nb_formations as integer) as nb_formations,
        cast(suivies.nb_versions as integer) as nb_versions,
        suivies.vu_depuis,
        -- Nothing is new in the first catalogue that is kept.
        if(
            (select count(*) from versions) > 1,
            jugees.code_signal <> 'S0' and suivies.nb_versions = 1,
            null
        ) as nouveau,
        cast(entrees.entrees_12_mois as integer) as entrees_12_mois,

        -- both sources, and what the second one tells
        jugees.date_catalogue,
        jugees.date_repertoire,
        jugees.etat_connu,
        jugees.date_fin_enregistrement,
        if(jugees.est_retire, jugees.date_retrait, null) as date_retrait,
        if(jugees.est_habilite_ailleurs, jugees.siret_habilite, null) as siret_habilite,
        jugees.remplacee_par,
        if(
            jugees.est_au_repertoire,
            'https://www.francecompetences.fr/recherche/' || lower(jugees.type_referentiel) || '/'
            || regexp_extract(jugees.code_certification, '[0-9]+$') || '/',
            null
        ) as lien_fiche,

        -- what was corrected
        corrections.raison as correction,
        corrections.date_correction as corrige_le

    from jugees
    inner join suivies
        on jugees.siret_of = suivies.siret_of and jugees.code_certification = suivies.code_certification
    inner join libelles on jugees.code_signal = libelles.code
    left join corrections
        on
            jugees.siret_of = corrections.siret_of
            and jugees.code_certification = corrections.code_certification
    left join entrees
        on jugees.siret_of = entrees.siret_of and jugees.code_certification = entrees.code_certification

)

select * from signaux

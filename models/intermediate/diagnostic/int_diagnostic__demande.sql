-- What is bought in a year, under each code and in each territory: exact where totals tell it, else at least.
with

achats as (

    select * from {{ ref('int_diagnostic__achats') }}

),

annees as (

    select * from {{ ref('int_diagnostic__annees') }}

),

par_annee as (

    select
        annee,
        niveau_nomenclature,
        code,
        territoire,
        sum(dossiers) as dossiers,
        sum(montant) as montant,
        sum(dossiers_chiffres) as dossiers_chiffres
    from achats
    group by all

),

totaux as (

    select * from {{ ref('int_diagnostic__totaux') }}

),

-- On site: all but remote, where both are told.
en_presentiel as (

    select
        entiers.annee,
        entiers.niveau_nomenclature,
        entiers.code,
        'FR-PRESENTIEL' as territoire,
        entiers.dossiers - distants.dossiers as dossiers,
        entiers.montant - distants.montant as montant
    from totaux as entiers
    inner join totaux as distants
        on
            entiers.annee = distants.annee
            and entiers.niveau_nomenclature = distants.niveau_nomenclature
            and entiers.code = distants.code
            and distants.territoire = 'DISTANCE'
    where entiers.territoire = 'FR'

),

exacts as (

    from totaux
    union all by name
    from en_presentiel

),

lues as (

    select
        annee,
        niveau_nomenclature,
        code,
        territoire,
        cast(coalesce(exacts.dossiers, par_annee.dossiers) as bigint) as dossiers,
        -- A price is that of dossiers of which the euros are told.
        case when exacts.montant is not null then exacts.montant else par_annee.montant end as montant,
        cast(
            case
                when exacts.montant is not null then exacts.dossiers
                when par_annee.montant is not null then par_annee.dossiers_chiffres
            end as bigint
        ) as dossiers_chiffres,
        case when exacts.dossiers is null then 'detail' else 'totaux' end as demande_lue
    from par_annee
    full outer join exacts using (annee, niveau_nomenclature, code, territoire)

),

-- The year before, by rows: the same months.
mois_couverts as (

    select distinct
        annee,
        mois
    from achats

),

un_an_avant as (

    select
        mois_couverts.annee,
        avant.niveau_nomenclature,
        avant.code,
        avant.territoire,
        sum(avant.dossiers) as dossiers
    from achats as avant
    inner join mois_couverts on avant.annee + 1 = mois_couverts.annee and avant.mois = mois_couverts.mois
    group by all

),

exacts_avant as (

    select * replace (annee + 1 as annee) from exacts

),

-- Totals are compared with totals, of years that are over; rows with rows, of the same months.
comparees as (

    select
        lues.*,
        lues.demande_lue = 'totaux' and exacts_avant.dossiers is not null and annees.mois_couverts = 12 as deux_totaux,
        exacts_avant.dossiers as totaux_avant,
        par_annee.dossiers as lignes,
        un_an_avant.dossiers as lignes_avant,
        annees.annee - 1 in (select annee from annees where mois_couverts > 0) as est_comparable
    from lues
    inner join annees using (annee)
    left join exacts_avant using (annee, niveau_nomenclature, code, territoire)
    left join par_annee using (annee, niveau_nomenclature, code, territoire)
    left join un_an_avant using (annee, niveau_nomenclature, code, territoire)

)

select
    annee,
    niveau_nomenclature,
    code,
    territoire,
    dossiers,
    montant,
    dossiers_chiffres,
    demande_lue,
    case
        when not est_comparable then null
        when deux_totaux then totaux_avant
        else coalesce(lignes_avant, 0)
    end as dossiers_avant,
    case
        when not est_comparable then null
        when deux_totaux then dossiers
        else coalesce(lignes, 0)
    end as dossiers_compares
from comparees

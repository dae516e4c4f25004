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

-- What is no longer bought has a row too.
cles as (

    select
        annee,
        niveau_nomenclature,
        code,
        territoire
    from par_annee
    union
    select
        annee,
        niveau_nomenclature,
        code,
        territoire
    from exacts
    union
    select
        annee,
        niveau_nomenclature,
        code,
        territoire
    from un_an_avant

),

lues as (

    select
        annee,
        niveau_nomenclature,
        code,
        territoire,
        cast(coalesce(exacts.dossiers, par_annee.dossiers, 0) as bigint) as dossiers,
        -- A price is that of dossiers of which the euros are told.
        coalesce(exacts.montant, par_annee.montant) as montant,
        cast(
            case
                when exacts.montant is not null then exacts.dossiers
                when par_annee.montant is not null then par_annee.dossiers_chiffres
            end as bigint
        ) as dossiers_chiffres,
        case when exacts.dossiers is null then 'detail' else 'totaux' end as demande_lue
    from cles
    left join par_annee using (annee, niveau_nomenclature, code, territoire)
    left join exacts using (annee, niveau_nomenclature, code, territoire)

),

exacts_avant as (

    select * replace (annee + 1 as annee) from exacts

),

-- How much of the dossiers the rows tell, at each level: of these months, and of the same a year before.
lignes as (

    select
        annee_validation as annee,
        cast(right(mois_validation, 2) as integer) as mois,
        nb_dossiers,
        code_nsf <> 'REGROUPE' as disent_domaine,
        code_certification <> 'REGROUPE' as disent_certification,
        coalesce(code_region_lieu_formation <> 'REGROUPE', true) as disent_region,
        coalesce(code_departement_lieu_formation <> 'REGROUPE', true) as disent_departement
    from {{ source('publies', 'moncompteformation_formations_engagees') }}
    where nb_dossiers > 0

),

niveaux as (

    select
        codes.niveau_nomenclature,
        lieux.niveau_territoire
    from (
        select unnest(['certification', 'lignee', 'formacode', 'nsf', 'ensemble']) as niveau_nomenclature
    ) as codes
    cross join (select unnest(['france', 'distance', 'region', 'departement']) as niveau_territoire) as lieux

),

dites as (

    select
        mois_couverts.annee,
        lignes.annee as annee_lue,
        niveaux.niveau_nomenclature,
        niveaux.niveau_territoire,
        coalesce(sum(lignes.nb_dossiers) filter (
            where
            case
                when niveaux.niveau_nomenclature in ('nsf', 'ensemble') then lignes.disent_domaine
                else lignes.disent_certification
            end
            and case niveaux.niveau_territoire
                when 'france' then true
                when 'departement' then lignes.disent_departement
                else lignes.disent_region
            end
        ), 0) / sum(lignes.nb_dossiers) as part
    from lignes
    inner join mois_couverts
        on lignes.mois = mois_couverts.mois and lignes.annee in (mois_couverts.annee, mois_couverts.annee - 1)
    cross join niveaux
    group by all

),

comparables as (

    select
        annee,
        niveau_nomenclature,
        niveau_territoire,
        count(*) = 2 and min(part) >= {{ var('diagnostic').part_comparable }} as lignes_comparables
    from dites
    group by all

),

-- Totals are compared with totals, of years that are over; rows with rows, of the same months.
comparees as (

    select
        lues.*,
        lues.demande_lue = 'totaux' and exacts_avant.dossiers is not null
        and annees.mois_couverts = 12 as deux_totaux,
        exacts_avant.dossiers as totaux_avant,
        par_annee.dossiers as lignes,
        un_an_avant.dossiers as lignes_avant,
        comparables.lignes_comparables
    from (
        select
            *,
            {{ niveau_du_territoire('territoire') }} as niveau_territoire
        from lues
    ) as lues
    inner join annees using (annee)
    left join exacts_avant using (annee, niveau_nomenclature, code, territoire)
    left join par_annee using (annee, niveau_nomenclature, code, territoire)
    left join un_an_avant using (annee, niveau_nomenclature, code, territoire)
    left join comparables using (annee, niveau_nomenclature, niveau_territoire)

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
    -- Rows that tell little would compare what they hide.
    case
        when deux_totaux then totaux_avant
        when lignes_comparables then coalesce(lignes_avant, 0)
    end as dossiers_avant,
    case
        when deux_totaux then dossiers
        when lignes_comparables then coalesce(lignes, 0)
    end as dossiers_compares
from comparees

"""What landed, as plain tables: the truth that recipes are compared with.

``achats`` and ``entrees``: a line a dossier of the periods that have ended, in its newest version;
``commences``: those that have begun, whether their quarter has ended or not; ``offre``: a line a
training and département. They are made from the landed records and the code lists, and from no
model: a first publication tells every cohort in the state of the last delivery, so this is what it
says.
"""

from pathlib import Path

import duckdb

from orchestration import settings, warehouse

_SEEDS = settings.PROJECT / "seeds"
_LISTS = ("departements", "regions", "nsf", "cpf_codes", "niveaux", "csp", "modalites")

_TABLES = """
create table domaines as
select numero_fiche as certification, left(nsf_code, 3) as code_nsf
from landed.certifications_nsf
where nsf_code is not null
qualify row_number() over (partition by numero_fiche order by _num) = 1
union all
select code, code_nsf from cpf_codes;

create table paiements as
select
    id_dossier,
    sum(montant) as montant,
    sum(montant) filter (where code_financeur in ('TITULAIRE', 'RESTE_A_CHARGE')) as personnes,
    sum(montant) filter (where code_financeur = 'EMPLOYEUR') as employeurs,
    sum(montant) filter (where code_financeur = 'FRANCE_TRAVAIL') as france_travail,
    sum(montant) filter (where code_financeur = 'OPCO') as opco,
    sum(montant) filter (where code_financeur = 'REGION') as regions
from (
    from landed.financements
    qualify rank() over (
        partition by id_dossier order by date_derniere_modification desc, _date_extraction desc
    ) = 1
)
group by id_dossier;

create table dossiers as
select
    *,
    (select max(_date_extraction) from landed.dossiers) as livraison,
    coalesce(paiements.montant, prix) as euros
from (
    from landed.dossiers
    qualify row_number() over (
        partition by id_dossier
        order by date_derniere_modification desc, _date_extraction desc, _num desc
    ) = 1
)
left join paiements using (id_dossier);

create table achats as
select
    dossiers.titulaire,
    livraison,
    strftime(date_validation, '%Y-%m') as mois,
    year(date_validation)::integer as annee,
    last_day(date_validation) + 1 + interval 13 month <= livraison + 1 as mois_definitif,
    make_date(annee + 1, 1, 1) + interval 13 month <= livraison + 1 as annee_definitive,
    statut_dossier as statut,
    code_certification as certification,
    code_certification[:3] <> 'CPF' as est_au_catalogue,
    code_nsf,
    nsf.libelle as domaine,
    departements.nom as departement,
    regions.nom as region,
    code_departement_lieu is null and modalite_presence = 'A_DISTANCE' as a_distance,
    nombre_heures as heures,
    euros,
    personnes,
    employeurs,
    france_travail,
    opco,
    dossiers.regions
from dossiers
left join domaines on code_certification = certification
left join nsf on code_nsf = nsf.code
left join departements on code_departement_lieu = departements.code
left join regions on departements.code_region = regions.code
where last_day(date_validation) <= livraison;

create table commences as
from dossiers
where
    date_entree <= livraison
    and statut_dossier in (
        'Entrée en formation', 'Sortie de formation', 'Clos - Réalisation Totale',
        'Clos - Réalisation Partielle'
    );

create table entrees as
select
    dossiers.titulaire,
    year(date_entree) || '-T' || quarter(date_entree) as trimestre,
    year(date_entree)::integer as annee,
    (date_trunc('quarter', date_entree) + interval 16 month)::date <= livraison + 1
        as trimestre_definitif,
    make_date(annee + 1, 1, 1) + interval 13 month <= livraison + 1 as annee_definitive,
    case
        when date_naissance + interval 25 year > date_entree then 'Moins de 25 ans'
        when date_naissance + interval 40 year > date_entree then '25-39 ans'
        when date_naissance + interval 50 year > date_entree then '40-49 ans'
        else '50 ans et plus'
    end as age,
    case genre when 'F' then 'Femme' when 'H' then 'Homme' else 'Non renseigné' end as genre,
    if(situation = 'DEMANDEUR_EMPLOI', 'Demandeur d''emploi', 'En emploi ou autre situation')
        as situation,
    departements.nom as departement,
    regions.nom as region,
    euros,
    personnes,
    employeurs,
    france_travail,
    opco,
    dossiers.regions
from commences as dossiers
left join departements on code_departement_residence = departements.code
left join regions on departements.code_region = regions.code
where last_day(date_trunc('quarter', date_entree) + interval 2 month) <= livraison;

create table seances as
select formations._num, siret || '_' || formations.numero as formation, siret,
    formations.code_certification as certification, actions.numero as action,
    code_modalite_enseignement = '2' as a_distance,
    coalesce(heures_centre, 0) + coalesce(heures_entreprise, 0) as heures, frais_ttc,
    exists (
        from landed.edof_sessions as sessions
        where sessions._num = actions._num and sessions.rang_action = actions.rang_action
            and etat_recrutement = '1'
    ) as ouverte,
    case
        when code_postal[:3] in ('200', '201') then '2A'
        when code_postal[:2] = '20' then '2B'
        when code_postal[:2] = '97' then code_postal[:3]
        else code_postal[:2]
    end as code
from (
    from landed.edof_actions
    qualify row_number() over (
        partition by _num, numero order by date_maj desc nulls last, rang_action desc
    ) = 1
) as actions
join landed.edof_formations as formations using (_num)
where type_certification <> 'CPF';

create table offre as
select
    formation,
    siret,
    certification,
    any_value(code_nsf) as code_nsf,
    any_value(niveaux.libelle) as niveau,
    departements.nom as departement,
    any_value(regions.nom) as region,
    floor(avg(heures))::integer as heures,
    min(frais_ttc) as prix_min,
    max(frais_ttc) as prix_max,
    avg(frais_ttc)::decimal(12, 2) as prix_moyen
from seances
left join departements on seances.code = departements.code and not a_distance
left join regions on departements.code_region = regions.code
left join domaines using (certification)
left join landed.certifications_standard
    on numero_fiche = certification and certification like 'RNCP%'
left join niveaux on nomenclature_europe_niveau = niveaux.code
where
    (a_distance or departements.code is not null)
    and certification in (select certification from seances where ouverte)
group by formation, siret, certification, departements.nom;
"""


def build_truth(data: Path) -> duckdb.DuckDBPyConnection:
    """Return a database in memory with the tables of the truth, and nothing of the models."""
    truth = duckdb.connect()
    truth.execute("create schema landed")
    for name in _LISTS:
        path = _SEEDS / f"{name}.csv"
        truth.execute(f"create table {name} as from read_csv('{path}', all_varchar = true)")
    tables = (
        *("dossiers", "financements", "edof_formations", "edof_actions", "edof_sessions"),
        *("certifications_nsf", "certifications_standard", "certifications_partenaires"),
        "organismes",
    )
    with settings.state_in(data), warehouse.vault(read_only=True) as vault:
        for name in tables:
            rows = vault.execute(f"from coffre.atterrissage.{name}").to_arrow_table()
            truth.register("lues", rows)
            truth.execute(f"create table landed.{name} as from lues")
            truth.unregister("lues")
    truth.execute(_TABLES)
    return truth

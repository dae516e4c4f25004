-- All that was entered, by quarter; what few persons share is masked.
with lignes as (
    select
        strftime(entree, '%Y-T') || quarter(entree) as trimestre_entree,
        year(entree) as annee_entree,
        lieux.region as region_residence,
        coalesce(genre, 'Non renseigné') as genre,
        case
            when age < 25 then 'Moins de 25 ans'
            when age < 40 then '25-39 ans'
            when age < 50 then '40-49 ans'
            else '50 ans et plus'
        end as classe_age,
        coalesce(csp, 'Sans activité ou non renseignée') as situation,
        if(statut_dossier like 'Clos%', 'Clos', 'En cours') as statut,
        count(*) as nb_dossiers,
        count(distinct id_titulaire) as nb_titulaires,
        sum(prix) as montant_engage,
    sum(montant_titulaire) as montant_engage_titulaire,
    sum(montant_reste_a_charge) as reste_a_charge_titulaire,
    sum(montant_employeur) as montant_engage_employeur,
    sum(montant_france_travail) as montant_engage_france_travail,
    sum(montant_opco) as montant_engage_opco,
    sum(montant_region) as montant_engage_region,
    sum(montant_agefiph) as montant_engage_agefiph,
    sum(montant_transitions_pro) as montant_engage_transitions_pro,
    sum(montant_autre) as montant_engage_autre
    from etats
    left join montants using (id_dossier)
    left join lieux on etats.code_departement_residence = lieux.code
    where entree is not null and lieux.region is not null
    group by all
)

select
    * replace (
        if(nb_titulaires < 5, null, nb_dossiers) as nb_dossiers,
        if(nb_titulaires < 5, null, nb_titulaires) as nb_titulaires,
        if(nb_titulaires < 5, null, montant_engage) as montant_engage,
        if(nb_titulaires < 5, null, montant_engage_titulaire) as montant_engage_titulaire,
        if(nb_titulaires < 5, null, reste_a_charge_titulaire) as reste_a_charge_titulaire,
        if(nb_titulaires < 5, null, montant_engage_employeur) as montant_engage_employeur,
        if(nb_titulaires < 5, null, montant_engage_france_travail) as montant_engage_france_travail,
        if(nb_titulaires < 5, null, montant_engage_opco) as montant_engage_opco,
        if(nb_titulaires < 5, null, montant_engage_region) as montant_engage_region,
        if(nb_titulaires < 5, null, montant_engage_agefiph) as montant_engage_agefiph,
        if(nb_titulaires < 5, null, montant_engage_transitions_pro) as montant_engage_transitions_pro,
        if(nb_titulaires < 5, null, montant_engage_autre) as montant_engage_autre
    ),
    $jour as date_chargement
from lignes
order by all

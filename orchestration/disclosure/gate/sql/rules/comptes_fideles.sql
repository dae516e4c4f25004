{%- set sommes = ['montant_engage', 'montant_personne'] + montants[:-1] %}
-- Persons, dossiers, means and amounts of a row are those of its dossiers, of what it tells. (Persons of
-- several rows that divide a provisional one are judged by `familles_en_entier`.)
select
    count(*) as examines,
    count_if(
        coalesce(nouvelles.nb_titulaires > recomptes.nb_titulaires, true)
        or (
            nouvelles.nb_titulaires < recomptes.nb_titulaires
            and recomptes.num_famille not in (select num_famille from {{ tables.suites }})
        )
        or nouvelles.nb_dossiers is distinct from recomptes.nb_dossiers
        or abs(nouvelles.prix_moyen - recomptes.montant_engage / 100 / recomptes.nb_dossiers) > 0.011
        or (nouvelles.prix_moyen is null) <> (nouvelles.montant_engage is null)
        or abs(nouvelles.duree_moyenne - recomptes.heures / 10 / recomptes.nb_dossiers_avec_duree)
        > 0.051
        {%- for montant in sommes %}
        or nouvelles.{{ montant }} <> recomptes.{{ montant }} / 100
        {%- endfor %}
        or (nouvelles.montant_engage is null) <> (nouvelles.montant_non_ventile is null)
    ) as anomalies
from nouvelles
full join recomptes using (num_ligne)

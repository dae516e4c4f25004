{#- Entries and exits as they are today, by what the public columns mean: one row by dossier and counter. -#}
{% macro actuels() -%}
select
    {{ compteurs | length }} * dossiers.numero + dossiers.rang as numero,
    dossiers.id_dossier || ' ' || dossiers.compteur as id_dossier,
    dossiers.titulaire,
    date_trunc('quarter', dossiers.jour)::date + dossiers.rang as cohorte,
    strftime(dossiers.jour, '%Y-%m') as annee_mois,
    dossiers.code_certification,
    left(dossiers.siret_of, 9) as siren_of_contractant,
    dossiers.siret_of as siret_of_contractant,
    dossiers.siren_of,
    null::bigint as heures,
    0::bigint as montant_engage,
    0::bigint as {{ montants | join(', 0::bigint as ') }},
    0::bigint as participation
from (
    select
        *,
        unnest([
            {'compteur': 'entrees_formation', 'rang': 0, 'jour': date_entree},
            {
                'compteur': 'sorties_realisation_partielle',
                'rang': 1,
                'jour': if(statut_dossier = 'Clos - Réalisation Partielle', date_sortie, null)
            },
            {
                'compteur': 'sorties_realisation_totale',
                'rang': 2,
                'jour': if(statut_dossier = 'Clos - Réalisation Totale', date_sortie, null)
            }
        ], recursive := true)
    from {{ tables.dossiers }}
) as dossiers
where
    dossiers.jour is not null
    and dossiers.statut_dossier in (
        'Entrée en formation', 'Sortie de formation', 'Clos - Réalisation Totale', 'Clos - Réalisation Partielle'
    )
    and dossiers.date_entree <= (select max(date_extraction) from {{ tables.depots }} where source = 'dossiers')
{%- endmacro %}

{#- The public values of their columns (`membres`), and what they are joined to. -#}
{% macro situes(source='membres') -%}
    membres.siret_of_contractant,
    membres.annee_mois,
    membres.code_certification,
    coalesce(certifications.code_nsf_1, 'NR') as code_nsf,
    membres.siren_of_contractant
from {{ source }} as membres
left join coffre.intermediate.int_certifications__enrichies as certifications
    on membres.code_certification = certifications.code_certification
{%- endmacro %}

{%- set reglages = var('habilitation') -%}
{%- set regles = regles_habilitation() -%}
with

paires as (

    select * from {{ ref('int_habilitations__paires') }}

),

fiches as (

    select * from {{ ref('int_habilitations__fiches') }}

),

listes as (

    select * from {{ ref('int_habilitations__listes') }}

),

inscriptions as (

    select * from {{ ref('int_habilitations__inscriptions') }}

),

vues as (

    select * from {{ ref('int_habilitations__vues') }}

),

qualiopi as (

    select * from {{ ref('int_habilitations__qualiopi') }}

),

reunies as (

    select
        paires.*,
        listes.date_repertoire,
        coalesce(listes.etat_connu, false) as etat_connu,
        listes.date_repertoire is null
        or paires.date_catalogue - listes.date_repertoire > {{ reglages.jours_liste }} as est_non_evaluable,
        fiches.code_certification is not null as est_au_repertoire,
        fiches.intitule_certification,
        fiches.date_effet,
        fiches.date_fin_enregistrement,
        fiches.est_active,
        fiches.certificateurs,
        fiches.siren_certificateurs,
        fiches.est_dispensee,
        fiches.remplacee_par,
        inscriptions.est_habilite,
        inscriptions.est_habilite_dans_l_entreprise,
        inscriptions.peut_evaluer,
        inscriptions.est_inscrit,
        inscriptions.est_supprime,
        inscriptions.date_retrait,
        inscriptions.siret_habilite,
        inscriptions.est_certificateur,
        inscriptions.est_etablissement_certificateur,
        inscriptions.a_un_nom_semblable,
        vues.premiere_vue,
        vues.suite_depuis,
        qualiopi.severite_qualiopi

    from paires
    left join listes on paires.type_referentiel = listes.type_referentiel
    left join fiches on paires.code_certification = fiches.code_certification
    left join inscriptions
        on
            paires.siret_of = inscriptions.siret_of
            and paires.code_certification = inscriptions.code_certification
    left join vues
        on paires.siret_of = vues.siret_of and paires.code_certification = vues.code_certification
    left join qualiopi on paires.siren = qualiopi.siren

),

-- What holds, each condition for itself; without lists nothing can be said.
constatees as (

    select
        * replace (
            not est_non_evaluable and est_au_repertoire and est_habilite as est_habilite,
            {%- set manque = 'not est_non_evaluable and est_au_repertoire and not est_habilite' %}
            {{ manque }} and est_certificateur as est_certificateur,
            {{ manque }} and a_un_nom_semblable as a_un_nom_semblable
        ),
        not est_non_evaluable and not est_au_repertoire as est_introuvable,
        not est_non_evaluable and est_au_repertoire and coalesce(
            date_fin_enregistrement < date_catalogue, not est_active, false
        ) as est_echue,
        {{ manque }} and est_habilite_dans_l_entreprise as est_habilite_ailleurs,
        {{ manque }} and peut_evaluer and not est_habilite_dans_l_entreprise as est_limite_a_l_evaluation,
        {{ manque }} and est_supprime and not peut_evaluer and not est_habilite_dans_l_entreprise
            as est_retire,
        {{ manque }} and est_dispensee as est_dispense,
        {{ manque }} and not est_inscrit and not est_etablissement_certificateur as est_absent,
        not est_non_evaluable and severite_qualiopi > 0 as est_sans_qualiopi

    from reunies

),

designees as (

    select
        *,
        case
            {%- for code, condition in regles %}
            when {{ condition }} then '{{ code }}'
            {%- endfor %}
        end as code_signal,
        concat_ws(
            ','
            {%- for code, condition in regles + [('S10', 'est_sans_qualiopi')] %},
            case when {{ condition }} then '{{ code }}' end
            {%- endfor %}
        ) as motifs

    from constatees

),

jugees as (

    select
        *,
        -- Since when what is said today was true, as far as the lists date it.
        case code_signal
            when 'S8' then date_fin_enregistrement + 1
            when 'S4' then date_retrait
        end as constat_depuis,
        greatest(
            case code_signal
                when 'S7' then 1
                when 'S8'
                    then if(date_catalogue - date_fin_enregistrement <= {{ reglages.jours_tolerance }}, 1, 2)
                when 'S0' then 0
                when 'S1' then 1
                when 'S2' then 1
                when 'S3' then 2
                -- A day that nobody tells may be yesterday.
                when 'S4' then if(date_catalogue - date_retrait >= {{ reglages.jours_recents }}, 3, 2)
                when 'S6' then 1
                when 'S12' then 2
                when 'S5' then if(
                    date_catalogue - premiere_vue < {{ reglages.jours_recents }}
                    or coalesce(date_catalogue - date_effet < {{ reglages.jours_recents }}, false),
                    2, 3
                )
            end,
            if(est_sans_qualiopi, severite_qualiopi, null)
        ) as severite

    from designees

)

select * from jugees

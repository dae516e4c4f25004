with

catalogue as (

    select * from {{ ref('stg_portail__catalogue') }}

),

-- Rows of several dates are one publication: its date is the newest of them.
jugees as (

    select
        * replace (max(date_chargement) over () as date_chargement),
        date_chargement as date_chargement_livree,
        case
            when type_referentiel is null then 'exception_legislative'
            when ((code_rs = -1) <> (code_rncp = -1)) is not true then 'repertoire_incoherent'
            when
                (
                    nb_session_a_distance <= nb_session_active
                    and (code_departement is null or nb_session_a_distance = 0)
                    and nombre_heures_total_mean between nombre_heures_total_min and nombre_heures_total_max
                    and coalesce(frais_ttc_tot_mean between frais_ttc_tot_min and frais_ttc_tot_max, true)
                    and nbaction_nbheures = nb_action * nombre_heures_total_mean
                ) is not true
                then 'mesures_incoherentes'
            -- A row without number cannot repeat another one.
            when
                numero_formation is not null
                and row_number() over (
                    partition by numero_formation, code_departement
                    order by date_chargement desc nulls last, num_ligne asc
                ) > 1
                then 'ligne_repetee'
        end as motif_ecart

    from catalogue

)

select * from jugees

with

actions as (

    select * from {{ ref('int_offre__actions') }}

),

-- A formation without département is the remote part of it: others were set aside.
localisee as (

    select
        -- key
        numero_formation,
        code_departement,
        code_region,

        -- counts
        cast(count(*) as integer) as nb_action,
        cast(sum(nb_session_ouverte) as integer) as nb_session_active,
        cast(sum(case when est_a_distance then nb_session_ouverte else 0 end) as integer)
            as nb_session_a_distance,

        -- durations: rounded down and with the undeclared zeros, as in the publisher's own rows
        min(duree_h) as nombre_heures_total_min,
        max(duree_h) as nombre_heures_total_max,
        cast(floor(avg(duree_h)) as integer) as nombre_heures_total_mean,

        -- prices
        min(frais_ttc_eur) as frais_ttc_tot_min,
        max(frais_ttc_eur) as frais_ttc_tot_max,
        cast(avg(frais_ttc_eur) as decimal(12, 2)) as frais_ttc_tot_mean

    from actions
    where motif_ecart is null
    group by numero_formation, code_departement, code_region

)

select * from localisee

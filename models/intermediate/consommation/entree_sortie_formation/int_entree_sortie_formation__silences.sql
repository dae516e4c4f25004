{{ config(materialized='view') }}
select
    null::integer as num_famille,
    null::varchar as chiffre
where false

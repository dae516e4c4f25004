-- Of a period that this version does not tell, the file says what the version before said, and nothing else.
with

{%- for nom in ["totaux_dits", "totaux_dits_avant"] %}

{{ nom }}_gardes as (

    select *
    from {{ nom }}
    where (grain, debut) not in (select (grain, debut) from periodes_totaux where se_dit)

){{ ',' if not loop.last }}
{%- endfor %}

select
    (select count(*) from totaux_dits_gardes) as examines,
    (select count(*) from (from totaux_dits_gardes except all from totaux_dits_avant_gardes))
    + (select count(*) from (from totaux_dits_avant_gardes except all from totaux_dits_gardes)) as anomalies

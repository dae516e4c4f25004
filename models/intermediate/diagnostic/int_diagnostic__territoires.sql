with

regions as (

    select * from {{ ref('regions') }}

),

departements as (

    select * from {{ ref('departements') }}

),

entiers as (

    select * from {{ ref('territoires') }}

)

select
    'REG-' || code as territoire,
    nom,
    'region' as niveau
from regions
union all by name
select
    'DEP-' || code as territoire,
    nom,
    'departement' as niveau
from departements
union all by name
select
    territoire,
    nom,
    niveau
from entiers

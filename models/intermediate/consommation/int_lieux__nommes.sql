with

departements as (

    select * from {{ ref('departements') }}

),

regions as (

    select * from {{ ref('regions') }}

),

-- What a place may be besides a real one; remote has neither code nor name.
autres as (

    select *
    from (values
        ('REGROUPE', 'REGROUPE', 'REGROUPE'),
        ('NR', 'NR', 'Non renseigné'),
        ('A_DISTANCE', null, null)
    ) as codes (cle, code, nom)

),

lieux as (

    select 'departement' as echelon, code as cle, code, nom from departements
    union all
    select 'region' as echelon, code as cle, code, nom from regions
    union all
    select echelons.echelon, autres.cle, autres.code, autres.nom
    from autres
    cross join (values ('departement'), ('region')) as echelons (echelon)

)

select * from lieux

-- A cohort that this version does not publish says what the version before said of it, and nothing else.
with

avant as (

    select fichier.*
    from read_parquet('{{ precedent }}') as fichier
    anti join cohortes_editees using ({{ dites | join(', ') }})

),

apres as (

    select fichier.*
    from fichier
    anti join cohortes_editees using ({{ dites | join(', ') }})

)

select
    (select count(*) from avant) as examines,
    (
        select count(*)
        from (
            select * from avant
            except all
            select * from apres
        )
    )
    + (
        select count(*)
        from (
            select * from apres
            except all
            select * from avant
        )
    ) as anomalies

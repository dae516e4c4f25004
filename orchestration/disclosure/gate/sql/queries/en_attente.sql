-- The dossiers known today that no published row holds: of cohorts that have not ended or are too small, or
-- come since the provisional edition of theirs. Rounded down, so that no difference of two reports tells of a
-- few.
with

publiees as (

    select distinct
        cohorte,
        edition
    from {{ tables.diffusion }}

),

a_venir as (

    select count(*) as nombre
    from actuels
    anti join publiees using (cohorte)

),

arrives_depuis as (

    select count(*) as nombre
    from actuels
    semi join (
        select cohorte
        from publiees
        where edition = 'provisoire'
    ) as provisoires using (cohorte)
    anti join {{ tables.suivis }} using (id_dossier)

),

non_repris as (

    select count(*) as nombre
    from actuels
    semi join (
        select cohorte
        from {{ tables.editions }}
        where est_suivie
    ) as suivies using (cohorte)
    anti join {{ tables.familles }} using (numero)

)

select
    {{ seuil }} * ((select nombre from a_venir) // {{ seuil }}) as a_venir,
    {{ seuil }} * ((select nombre from arrives_depuis) // {{ seuil }}) as arrives_depuis,
    {{ seuil }} * ((select nombre from non_repris) // {{ seuil }}) as non_repris

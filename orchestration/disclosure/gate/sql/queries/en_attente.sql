-- The dossiers known today that no published row holds: of cohorts that have not ended or are too small, or come
-- since the provisional edition of theirs. Rounded down, so that no difference of two reports tells of a few.
select
    (
        select {{ seuil }} * (count(*) // {{ seuil }})
        from actuels
        anti join (select distinct cohorte from {{ tables.diffusion }}) as publiees using (cohorte)
    ) as a_venir,
    (
        select {{ seuil }} * (count(*) // {{ seuil }})
        from actuels
        semi join (select distinct cohorte from {{ tables.diffusion }} where edition = 'provisoire') as provisoires
            using (cohorte)
        anti join (select distinct id_dossier from {{ tables.suivis }}) as dits using (id_dossier)
    ) as arrives_depuis,
    (
        select {{ seuil }} * (count(*) // {{ seuil }})
        from actuels
        semi join (select cohorte from {{ tables.editions }} where est_suivie) as suivies using (cohorte)
        anti join {{ tables.familles }} as familles using (numero)
    ) as non_repris

-- The dossiers known today that no published row holds: of cohorts that have not ended or are too small, or
-- come since the provisional edition.
select
    (
        select count(*)
        from actuels
        anti join (select distinct cohorte from {{ tables.diffusion }}) as publiees using (cohorte)
    ) as a_venir,
    (
        select count(*)
        from actuels
        semi join (
            select distinct cohorte
            from {{ tables.diffusion }}
            where edition = 'provisoire'
        ) as provisoires using (cohorte)
        anti join (select distinct id_dossier from {{ tables.suivis }}) as dits using (id_dossier)
    ) as arrives_depuis

-- The dossiers known today that no published row holds: of cohorts that have not ended or are too small, or
-- come since the provisional edition of theirs. Rounded down, so that no difference of two reports tells of a
-- few.
select
    {{ seuil }} * (count(*) filter (where publiees.cohorte is null) // {{ seuil }}) as a_venir,
    {{ seuil }} * (
        count(*) filter (where publiees.edition = 'provisoire' and dits.id_dossier is null) // {{ seuil }}
    ) as arrives_depuis,
    {{ seuil }} * (
        count(*) filter (where editions.est_suivie and familles.numero is null) // {{ seuil }}
    ) as non_repris
from actuels
left join (
    select distinct
        cohorte,
        edition
    from {{ tables.diffusion }}
) as publiees on actuels.cohorte = publiees.cohorte
left join {{ tables.editions }} as editions on actuels.cohorte = editions.cohorte
left join (select distinct id_dossier from {{ tables.suivis }}) as dits
    on actuels.id_dossier = dits.id_dossier
left join {{ tables.familles }} as familles on actuels.numero = familles.numero

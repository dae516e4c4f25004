-- The dossiers of who has several in a year.
select
    comptes_totaux.titulaire,
    comptes_totaux.cohorte,
    {{ (dimensions + tirees) | join(', ') }}
from comptes_totaux
inner join (
    select
        titulaire,
        year(cohorte) as annee
    from comptes_totaux
    where sens = 1
    group by titulaire, annee
    having count(*) > 1
) as repetes on comptes_totaux.titulaire = repetes.titulaire and year(comptes_totaux.cohorte) = repetes.annee
where sens = 1

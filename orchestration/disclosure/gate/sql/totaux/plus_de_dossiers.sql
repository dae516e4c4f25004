-- How many dossiers a person has at most in a year.
select coalesce(max(nombre), 1)
from (
    select count(*) as nombre
    from pluriels
    group by titulaire, year(cohorte)
)

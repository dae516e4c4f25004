-- The cells of the rows of several: each row is one equation.
select
    num_ligne,
    numero,
    nb_titulaires
from (
    select
        num_ligne,
        numero,
        count(*) over (partition by num_ligne) as nombre
    from membres
)
inner join cellules using (numero)
where nombre > 1

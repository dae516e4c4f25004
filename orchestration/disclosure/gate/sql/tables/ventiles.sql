-- The amounts that rows of ventilation tell.
select
    num_groupe,
    any_value(etape) as etape,
    financeur,
    sum(cents) as total,
    count(*) as contributeurs,
    max(abs(cents)) as maximum
from (
    select
        num_groupe,
        etape,
        financeur,
        titulaire,
        sum(cents)::bigint as cents
    from attributions
    inner join contributions using (num_ligne, financeur)
    group by all
)
group by num_groupe, financeur

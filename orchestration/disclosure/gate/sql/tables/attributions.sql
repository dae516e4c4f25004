-- The row of ventilation that tells a hidden amount again. What nobody is known to finance is not told
-- again: it is what is left of the others.
select
    num_groupe,
    num_ligne,
    financeur,
    etape
from {{ tables.communs }}
inner join groupes using (num_ligne, etape)
where financeur <> 'montant_non_ventile'

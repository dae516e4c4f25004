-- Whether a dataset tells an amount in all of its rows: its total may then be subtracted.
select count(*) > 0 and count({{ montant }}) = count(*) as est_dit
from coffre.marts.{{ jeu }}

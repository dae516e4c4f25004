-- Every row of the file is a cell of its table, every cell has its row, and each table counts every dossier of the
-- periods that are told.
select
    (select count(*) from totaux_dits) as examines,
    abs(
        (
            select count(*) from totaux_dits
            where
                (grain, debut) in (select (grain, debut) from periodes_totaux where se_dit)
                and not ({% for colonne in attendues %}{{ colonne }} = 'REGROUPE'{{ ' or ' if not loop.last }}{% endfor %})
        )
        - (select count(*) from cellules_totaux where diffusion is not null and se_dit)
    )
    + count_if(nb_dossiers <> attendus) as anomalies
from (
    select
        tableau,
        sum(nb_dossiers) as nb_dossiers
    from cellules_totaux
    group by tableau
) as comptes
inner join (
    {%- for tableau in tableaux if not tableau.waits %}
    select
        '{{ tableau.nom }}' as tableau,
        (
            select count(*)
            from comptes_totaux
            inner join periodes_totaux
                on
                    comptes_totaux.cohorte = periodes_totaux.cohorte
                    and periodes_totaux.grain = '{{ tableau.grain }}'
                    and (periodes_totaux.se_dit or periodes_totaux.dite_le is not null)
            where sens = 1
        ) as attendus
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) using (tableau)

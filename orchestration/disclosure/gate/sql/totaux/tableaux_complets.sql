-- Every row of the file is a cell of its table, every cell has its row, and each table counts every dossier.
select
    (select count(*) from totaux_du_fichier) as examines,
    abs(
        (select count(*) from totaux_du_fichier where not ({% for colonne in attendues %}{{ colonne }} = 'REGROUPE'{{ ' or ' if not loop.last }}{% endfor %}))
        - (select count(*) from cellules_totaux where diffusion is not null)
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
        (select count(*) from comptes_totaux where sens = 1) as attendus
    {{ 'union all' if not loop.last }}
    {%- endfor %}
) using (tableau)

-- Whether a dataset gives the exact total of an amount.
select
    (select coalesce(sum({{ montant }}), 0) from coffre.marts.{{ jeu }})
    = (
        select coalesce(sum(dossiers.{{ montant }}), 0)
        from {{ tables.dossiers }} as dossiers
        where {{ population }}
    ) as est_exact

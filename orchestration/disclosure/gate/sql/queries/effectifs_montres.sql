-- Rows, and the cells that are a row by themselves, of too few persons.
select
    (select count(distinct num_ligne) from membres) as lignes,
    (
        select count(*)
        from (
            select
                num_ligne,
                any_value(numero) as numero
            from membres
            group by num_ligne
            having count(*) = 1
        )
        inner join cellules using (numero)
        where nb_titulaires < {{ seuil }}
    ) as petites

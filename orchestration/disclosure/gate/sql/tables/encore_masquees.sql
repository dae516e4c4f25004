-- Those that no published margin of this level holds.
select * from masquees
anti join (
    select marge_{{ niveau }}
    from marges
    group by marge_{{ niveau }}
    having sum(personnes) >= {{ seuil }}
) using (marge_{{ niveau }})

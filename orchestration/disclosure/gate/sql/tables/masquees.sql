-- The cells that a plain threshold would blank.
select * from marges
where personnes < {{ seuil }}

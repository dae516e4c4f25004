-- The dossiers that one dataset counts and the other does not.
select * from {{ tables.dossiers }} as dossiers
where {{ large }} and not {{ etroit }}

-- A text that is too long is cut before the word or the tag that does not fit, never inside one.
with

exemples (texte, attendu) as (

    values
    ('juste dix.', 'juste dix.'),
    ('deux mots longs', 'deux mots'),
    ('dix lettre s', 'dix lettre'),
    ('anticonstitutionnel', 'anticonsti'),
    ('<b>gras</b> fin', '<b>gras'),
    ('lien <a href="x">', 'lien'),
    (null, null)

),

coupes as (

    select
        texte,
        attendu,
        {{ couper('texte', 10) }} as obtenu
    from exemples

)

select * from coupes
where obtenu is distinct from attendu

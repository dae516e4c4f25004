select * from reste
anti join gardes using (groupe_{{ niveau }})

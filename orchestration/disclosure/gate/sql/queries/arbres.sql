select * exclude (niveau_diffusion, unite)
from arbres
where niveau_diffusion < {{ avant }}

{{ diffusion() }}

"""The annotated video: skeleton, angle, count, verdict and curve on every frame."""

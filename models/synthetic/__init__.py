"""Students doing sit-ups, push-ups and squats, drawn off-screen with known keypoints and times."""

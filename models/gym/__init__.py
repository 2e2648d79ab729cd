"""Students who exercise, drawn off-screen with known keypoints: pictures and clips."""

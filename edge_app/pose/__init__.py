"""From a picture to keypoints of people."""

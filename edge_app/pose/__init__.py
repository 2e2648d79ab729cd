"""From a picture to the keypoints of the people in it."""
